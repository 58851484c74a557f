/** The media types a request accepts, lower case without parameters, those it likes best first. */
export function acceptedTypes(request: Request): string[] {
  return (request.headers.get('accept') ?? '*/*')
    .split(',')
    .map((part) => {
      const [type, ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ type }) => type);
}

/** Whether a request comes from somebody who reads pages, as browsers ask for them, rather than from a program. */
export function prefersPages(request: Request): boolean {
  return ['text/html', 'application/xhtml+xml'].includes(acceptedTypes(request)[0]);
}
