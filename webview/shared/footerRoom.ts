/**
 * In a narrow page the footer lies over its end. What gets the focus is scrolled to where the footer
 * does not cover it (frame.css). In a low window, as of one that is zoomed in, a footer that would
 * cover most of it lies at the page's end instead; one line with the button stays in sight. For lit's
 * `ref`.
 */
export function footerRoom(footer: Element | undefined): void {
  observer.disconnect();
  removeEventListener('resize', measure);
  shown = footer instanceof HTMLElement ? footer : null;
  if (shown === null) return setRoom(0);
  observer.observe(shown);
  addEventListener('resize', measure);
}

/** Windows of at least this height have room for any footer, in pixels. */
const ROOMY = 520;
/** The share of a low window that the footer may cover. */
const MOST_COVERED = 0.4;

let shown: HTMLElement | null = null;

const observer = new ResizeObserver(measure);

function measure(): void {
  if (shown === null) return;
  const height = shown.offsetHeight;
  const flows = innerHeight < ROOMY && height > innerHeight * MOST_COVERED;
  shown.classList.toggle('page-footer-flows', flows);
  setRoom(flows ? 0 : height);
}

function setRoom(height: number): void {
  document.documentElement.style.setProperty('--footer-height', `${height}px`);
}
