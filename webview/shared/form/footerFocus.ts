/**
 * Starting and cancelling replace the very button that was pressed, and its focus would fall back to
 * the page's beginning. It goes to the footer, from where Tab reaches what is there now; not to the
 * other button, since a second Enter would then cancel what the first one has begun. For lit's `ref`.
 */
export function footerFocus(footer: Element | undefined): void {
  observer.disconnect();
  last = null;
  shown = footer instanceof HTMLElement ? footer : null;
  if (shown)
    observer.observe(shown, { childList: true, subtree: true, attributeFilter: ['disabled'] });
}

let shown: HTMLElement | null = null;
/** The element that had the focus in the footer, until the user moves on. */
let last: Element | null = null;

function note({ target }: Event): void {
  const inside = target instanceof Element && shown?.contains(target) === true;
  last = inside && target !== shown ? target : null;
}
document.addEventListener('focusin', note);
document.addEventListener('pointerdown', note);

const observer = new MutationObserver(() => {
  if (last === null || (last.isConnected && !last.hasAttribute('disabled'))) return;
  // The focus stays in another editor while the user types there.
  if (document.activeElement === document.body && document.hasFocus()) {
    shown?.focus({ preventScroll: true });
  }
});
