/**
 * In a narrow page the footer lies over its end. What gets the focus is scrolled to where the footer
 * does not cover it (frame.css). For lit's `ref`.
 */
export function footerRoom(footer: Element | undefined): void {
  observer.disconnect();
  if (footer) observer.observe(footer);
  else setRoom(0);
}

const observer = new ResizeObserver(([entry]) => setRoom(entry?.borderBoxSize[0]?.blockSize ?? 0));

function setRoom(height: number): void {
  document.documentElement.style.setProperty('--footer-height', `${Math.ceil(height)}px`);
}
