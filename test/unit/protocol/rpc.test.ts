import assert from 'node:assert/strict';
import { RpcClient, RpcError, RpcServer, type Channel } from '../../../src/protocol/rpc';

interface Requests {
  double: [number, number];
  wait: [undefined, string];
  fail: [undefined, void];
}
interface Events {
  tick: { count: number };
}

/** Two ends of one line that delivers copies, later, as postMessage does. */
function channelPair(): [Channel, Channel] {
  const receivers: [Set<(m: unknown) => void>, Set<(m: unknown) => void>] = [new Set(), new Set()];
  const end = (mine: 0 | 1, theirs: 0 | 1): Channel => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      setImmediate(() => receivers[theirs].forEach((receive) => receive(copy)));
    },
    listen: (receive) => {
      receivers[mine].add(receive);
      return () => void receivers[mine].delete(receive);
    },
  });
  return [end(0, 1), end(1, 0)];
}

describe('RPC between page and host', () => {
  let client: RpcClient<Requests, Events>;
  let server: RpcServer<Requests, Events>;
  let page: Channel;
  let aborted: boolean;

  beforeEach(() => {
    const [pageEnd, hostEnd] = channelPair();
    page = pageEnd;
    aborted = false;
    client = new RpcClient(pageEnd);
    server = new RpcServer<Requests, Events>(
      hostEnd,
      {
        double: (n) => n * 2,
        wait: (_params, signal) =>
          new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              aborted = true;
              reject(new Error('aborted'));
            }),
          ),
        fail: () => {
          throw new Error('with a secret');
        },
      },
      {
        double: (value) => {
          if (typeof value !== 'number') throw new RpcError('malformed', 'message: a number');
          return value;
        },
        wait: () => undefined,
        fail: () => undefined,
      },
      () => ({ code: 'failed', message: 'told' }),
    );
  });
  afterEach(() => {
    client.dispose();
    server.dispose();
  });

  it('answers a request', async () => {
    assert.equal(await client.request('double', 21), 42);
  });

  it('answers many at once, each with its own reply', async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => client.request('double', n)));
    assert.deepEqual(answers, [2, 4, 6]);
  });

  it('refuses what cannot be decoded', async () => {
    await assert.rejects(client.request('double', 'x' as never), {
      name: 'RpcError',
      code: 'malformed',
    });
  });

  it('tells only what the host chose to tell of an error', async () => {
    await assert.rejects(client.request('fail'), { code: 'failed', message: 'told' });
  });

  it('refuses an unknown method, and names of the prototype', async () => {
    for (const method of ['nothing', 'constructor', 'toString']) {
      await assert.rejects(client.request(method as 'double', 1), { code: 'unknownMethod' });
    }
  });

  it('passes an abort on to the handler', async () => {
    const controller = new AbortController();
    const waiting = client.request('wait', undefined, controller.signal);
    controller.abort();
    await assert.rejects(waiting, { code: 'failed' });
    assert.equal(aborted, true);
  });

  it('rejects what is pending when the page goes, and aborts it when the host goes', async () => {
    const waiting = client.request('wait');
    const rejected = assert.rejects(waiting, { code: 'disposed' });
    await client.request('double', 1);
    client.dispose();
    await rejected;
    server.dispose();
    assert.equal(aborted, true);
  });

  it('delivers events until the listener is taken away', async () => {
    const counts: number[] = [];
    const stop = client.on('tick', ({ count }) => counts.push(count));
    server.emit('tick', { count: 1 });
    await client.request('double', 1);
    stop();
    server.emit('tick', { count: 2 });
    await client.request('double', 1);
    assert.deepEqual(counts, [1]);
  });

  it('is not harmed by messages of any other form', async () => {
    for (const junk of [null, 1, 'x', {}, { type: 'reply' }, { type: 'request', id: 'x' }, []]) {
      page.post(junk);
    }
    assert.equal(await client.request('double', 2), 4);
  });
});
