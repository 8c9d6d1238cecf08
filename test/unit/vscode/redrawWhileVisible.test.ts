import assert from 'node:assert/strict';
import { redrawWhileVisible } from '../../../src/vscode/ui/redrawWhileVisible';

/** A view of VS Code that is shown and hidden by the test. */
class FakeView {
  private readonly told = new Set<(event: { visible: boolean }) => void>();
  constructor(public visible: boolean) {}

  onDidChangeVisibility = (listener: (event: { visible: boolean }) => void) => {
    this.told.add(listener);
    return { dispose: () => void this.told.delete(listener) };
  };

  show(visible: boolean): void {
    this.visible = visible;
    for (const listener of this.told) listener({ visible });
  }

  get listeners(): number {
    return this.told.size;
  }
}

describe('rows that show ages', () => {
  const real = { setInterval, clearInterval };
  /** What is called once a minute. */
  const timers = new Map<number, () => void>();
  let count = 0;

  before(() => {
    const set = (action: () => void): number => {
      timers.set(++count, action);
      return count;
    };
    const clear = (id?: number): void => void timers.delete(id ?? 0);
    Object.assign(globalThis, { setInterval: set, clearInterval: clear });
  });
  after(() => void Object.assign(globalThis, real));

  it('are redrawn while they are seen; nothing is set up while they are hidden', () => {
    const view = new FakeView(false);
    let drawn = 0;
    const clock = redrawWhileVisible(view, () => drawn++);
    assert.deepEqual([timers.size, drawn], [0, 0], 'hidden from the start');
    view.show(true);
    assert.deepEqual([timers.size, drawn], [1, 1], 'what was hidden is out of date');
    for (const tick of timers.values()) tick();
    assert.equal(drawn, 2);
    view.show(true);
    assert.equal(timers.size, 1, 'one clock');
    view.show(false);
    assert.equal(timers.size, 0, 'hidden again');
    view.show(true);
    clock.dispose();
    assert.deepEqual([timers.size, view.listeners], [0, 0]);
  });

  it('are redrawn where they are seen from the start', () => {
    const clock = redrawWhileVisible(new FakeView(true), () => undefined);
    assert.equal(timers.size, 1);
    clock.dispose();
    assert.equal(timers.size, 0);
  });
});
