import assert from 'node:assert/strict';
import type { PlaceId } from '../../../src/core/model/findings/findings';
import { goToPlace } from '../../../webview/shared/form/goToPlace';

describe('remedies that lead to a place of the form', () => {
  const CASES: readonly (readonly [id: PlaceId, ...done: string[]])[] = [
    ['connectionSettings', 'editConnections'],
    ['otherTools', '{"toolsOpen":true}', 'focus toolDir'],
    ['otherConnection', 'focus connectionId'],
    ['otherOutput', 'focus outputPath'],
  ];
  for (const [id, ...expected] of CASES) {
    it(id, async () => {
      const done: string[] = [];
      await new Promise<void>((resolve) => {
        const add = (what: string): void => {
          if (done.push(what) === expected.length) resolve();
        };
        goToPlace(id, {
          problemAction: add,
          setView: (patch) => add(JSON.stringify(patch)),
          focus: (name) => add(`focus ${name}`),
        });
      });
      assert.deepEqual(done, expected);
    });
  }
});
