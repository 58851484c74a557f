/** How far below or above the window something is fetched already. */
const MARGIN = '300px';

/** Whether an element is, or once was, near what is seen of the page. */
export class Nearness {
  readonly #element: Element;
  #isNear = false;
  #observer: IntersectionObserver | undefined;

  constructor(element: Element) {
    this.#element = element;
  }

  /** True while {@link check} has to call back. */
  get isAwaited(): boolean {
    return this.#observer !== undefined;
  }

  /** True when the element is near; if not, `callback` is called once it is. */
  check(callback: () => void): boolean {
    if (this.#isNear || this.isAwaited) return this.#isNear;
    const near: IntersectionObserverCallback = (seen) => {
      this.#isNear = seen.at(-1)?.isIntersecting === true;
      if (!this.#isNear) return;
      this.stop();
      callback();
    };
    this.#observer = new IntersectionObserver(near, { rootMargin: MARGIN });
    this.#observer.observe(this.#element);
    return false;
  }

  /** Waits no longer. */
  stop(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }
}
