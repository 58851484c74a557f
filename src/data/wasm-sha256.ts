// A module of its own for the one that is used: bundlers that put everything into one file keep no more of it.
export { sha256 } from 'hash-wasm';
