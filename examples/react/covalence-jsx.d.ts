import type { CovalenceElements } from 'covalence/jsx';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends CovalenceElements {}
  }
}
