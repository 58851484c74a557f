const output = document.querySelector('output');
document.addEventListener('co-selection-changed', ({ atoms }) => {
  output.textContent = `selected: ${atoms.join(' ')}`;
});
