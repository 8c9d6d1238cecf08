import assert from 'node:assert/strict';
import { JobListeners } from '../../../src/core/jobs/manager/jobListeners';

describe('JobListeners', () => {
  function listen(): { listeners: JobListeners; told: string[]; stop: () => void } {
    const listeners = new JobListeners();
    const told: string[] = [];
    const fail = (): never => {
      throw new Error('a listener');
    };
    listeners.onLines(fail);
    listeners.onRemoved(fail);
    const stops = [
      listeners.onLines((id, lines) => told.push(`${id}: ${lines.join()}`)),
      listeners.onRemoved((id) => told.push(`${id} removed`)),
    ];
    return { listeners, told, stop: () => stops.forEach((stop) => stop()) };
  }

  function tell(listeners: JobListeners): void {
    listeners.lines('a', ['1', '2']);
    listeners.removed('a');
  }

  it('tells everyone, though one of them throws', () => {
    const { listeners, told } = listen();
    tell(listeners);
    assert.deepEqual(told, ['a: 1,2', 'a removed']);
  });

  it('tells nothing to who has stopped, nor to anybody once it is cleared', () => {
    const stopped = listen();
    stopped.stop();
    tell(stopped.listeners);
    assert.deepEqual(stopped.told, []);
    const cleared = listen();
    cleared.listeners.clear();
    tell(cleared.listeners);
    assert.deepEqual(cleared.told, []);
  });
});
