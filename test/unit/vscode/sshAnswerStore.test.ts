import assert from 'node:assert/strict';
import type {
  SshAnswer,
  SshQuestion,
  SshSecretQuestion,
} from '../../../src/core/connections/ssh/sshAnswers';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import { readSshPrompt } from '../../../src/core/pgtools/stderr/sshPrompt';
import type * as Stores from '../../../src/vscode/connections/sshAnswerStore';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';
import { until } from '../../support/until';

interface Box {
  title: string;
  prompt: string;
  password: boolean;
  type: (text: string | undefined) => void;
}

/** What is on the screen. */
const boxes: Box[] = [];
const dialogs: { title: string; detail: string; press: (button: string | null) => void }[] = [];
const keeps: { text: string; press: (button: string) => void }[] = [];

class CancellationTokenSource {
  private listener: () => void = () => undefined;
  readonly token = { onCancel: (listener: () => void): void => void (this.listener = listener) };
  cancel(): void {
    this.listener();
  }
  dispose(): void {}
}

interface Item {
  title: string;
}

const fake = {
  CancellationTokenSource,
  l10n: { t: englishText },
  window: {
    showInputBox(
      shown: Omit<Box, 'type'>,
      { onCancel }: CancellationTokenSource['token'],
    ): Promise<string | undefined> {
      return new Promise((resolve) => {
        const box = {
          ...shown,
          type: (text: string | undefined): void => {
            boxes.splice(boxes.indexOf(box), 1);
            resolve(text);
          },
        };
        onCancel(() => box.type(undefined));
        boxes.push(box);
      });
    },
    showWarningMessage(
      title: string,
      { detail }: { detail: string },
      ...items: Item[]
    ): Promise<Item | undefined> {
      assert.equal(items[0]?.title, 'Do Not Connect', 'the safe button has the focus');
      return new Promise((resolve) => {
        const press = (button: string | null): void =>
          resolve(items.find((item) => item.title === button));
        dialogs.push({ title, detail, press });
      });
    },
    showInformationMessage(text: string, _: object, ...items: Item[]): Promise<Item | undefined> {
      return new Promise((resolve) => {
        keeps.push({ text, press: (button) => resolve(items.find((i) => i.title === button)) });
      });
    },
  },
};

const profile: ConnectionProfile = {
  ...{ id: 'shop', name: 'Shop', host: 'db', source: 'user', environment: 'production' },
  ssh: { host: 'bastion', user: 'me' },
};
const other: ConnectionProfile = { ...profile, id: 'other', ssh: { host: 'bastion', port: 2222 } };

function question(prompt: string, refused: number | null = null, said = ''): SshSecretQuestion {
  const read = readSshPrompt(prompt, '', true);
  assert.ok(read.kind === 'secret');
  return { ...read, refused, said };
}

const textOf = (answer: SshAnswer): string => (typeof answer === 'object' ? answer.text : answer);

const PASSPHRASE = "Enter passphrase for key '/home/me/key': ";
const PASSWORD = "me@bastion's password: ";
const CODE = '(me@bastion) Verification code: ';

describe('what is answered to ssh', () => {
  let restore: () => void;
  let stored: Map<string, string>;
  let Store: typeof Stores.SshAnswerStore;
  let store: Stores.SshAnswerStore;
  const { signal } = new AbortController();

  before(async () => {
    restore = fakeVscode(fake);
    ({ SshAnswerStore: Store } = await import('../../../src/vscode/connections/sshAnswerStore'));
  });
  after(() => restore());

  beforeEach(() => {
    stored = new Map();
    store = newWindow();
    for (const list of [boxes, dialogs, keeps]) list.length = 0;
  });

  function newWindow(): Stores.SshAnswerStore {
    return new Store({
      get: async (key: string) => stored.get(key),
      store: async (key: string, text: string) => void stored.set(key, text),
      delete: async (key: string) => void stored.delete(key),
    } as unknown as ConstructorParameters<typeof Store>[0]);
  }

  const ask = (asked: SshQuestion, of = profile, by = signal): Promise<SshAnswer> =>
    store.answer(of, asked, by);

  async function type(text: string | undefined): Promise<Omit<Box, 'type'>> {
    await until(() => boxes.length === 1, 'one box is open');
    const [box] = boxes;
    assert.ok(box);
    box.type(text);
    assert.equal(box.password, true, 'what is typed is not shown');
    return box;
  }

  async function answered(asked: SshQuestion, text: string): Promise<number> {
    const answer = ask(asked);
    await type(text);
    const given = await answer;
    assert.ok(typeof given === 'object' && given.text === text);
    return given.id;
  }

  for (const [prompt, words] of [
    [PASSPHRASE, 'Passphrase of the key /home/me/key, to log in to me@bastion.'],
    [PASSWORD, 'Password of me@bastion at the SSH server.'],
    [CODE, 'The SSH server asks me@bastion: Verification code: '],
    ['Enter PIN for token: ', 'PIN of the security key for token, to log in to me@bastion.'],
    ['Strange? ', 'On the way to the SSH server me@bastion you are asked: Strange? '],
  ] as const) {
    it(`${prompt} names whose it is`, async () => {
      const answer = ask(question(prompt));
      const { title, prompt: shown } = await type('x');
      assert.equal(title, 'SSH Login for Shop');
      // Blanks at the ends are shown as such.
      assert.equal(shown.replaceAll('␣', ' '), words);
      await answer;
    });
  }

  it('says what ssh said, when an answer was refused', async () => {
    const id = await answered(question(PASSWORD), 'wrong');
    const answer = ask(question(PASSWORD, id, 'Permission denied, please try again.'));
    const { prompt } = await type('right');
    assert.match(prompt, /^That was not accepted\. Permission denied, please try again\. Password/);
    await answer;
  });

  it('Escape is no answer', async () => {
    const answer = ask(question(PASSWORD));
    await type(undefined);
    assert.equal(await answer, 'cancelled');
  });

  it('is asked once, and goes when nobody waits for it any more', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const answers = [
      ask(question(PASSPHRASE), profile, one.signal),
      ask(question(PASSPHRASE), other, two.signal),
    ];
    await until(() => boxes.length === 1, 'one box is open');
    one.abort();
    assert.equal(boxes.length, 1);
    two.abort();
    assert.equal(boxes.length, 0);
    assert.deepEqual(await Promise.all(answers), ['cancelled', 'cancelled']);
  });

  it('boxes come one after another; one that is withdrawn before its turn never comes', async () => {
    const gone = new AbortController();
    const first = ask(question(CODE));
    const withdrawn = ask(question(CODE), profile, gone.signal);
    const last = ask(question(PASSWORD));
    gone.abort();
    await type('123');
    assert.equal(await withdrawn, 'cancelled');
    await type('secret');
    assert.deepEqual([textOf(await first), textOf(await last)], ['123', 'secret']);
  });

  it('what has worked is used again, and kept only when the user says so', async () => {
    const asked = question(PASSPHRASE);
    await answered(asked, 'right');
    assert.equal(keeps.length, 0);
    store.ended(profile, { worked: [asked], unproven: [] });
    store.ended(profile, { worked: [asked], unproven: [] });
    assert.equal(keeps.length, 1, 'it is asked once');
    assert.match(keeps[0]?.text ?? '', /passphrase of the key \/home\/me\/key works/);
    // The key is the same for every connection.
    assert.equal(textOf(await ask(asked, other)), 'right');
    assert.equal(stored.size, 0);
    keeps[0]?.press('Remember');
    await until(() => stored.size === 1, 'it is kept');
    store = newWindow();
    assert.equal(await store.answerUnasked(other, asked), 'nobody');
    assert.equal(textOf(await store.answerUnasked(profile, asked)), 'right');
    await store.forget(profile);
    assert.equal(stored.size, 0);
    assert.equal(await store.answerUnasked(profile, asked), 'nobody');
  });

  it('what is kept and refused is asked for anew', async () => {
    const asked = question(PASSWORD);
    await answered(asked, 'old');
    store.ended(profile, { worked: [asked], unproven: [] });
    keeps[0]?.press('Remember');
    await until(() => stored.size === 1, 'it is kept');
    store = newWindow();
    const kept = await ask(asked);
    assert.ok(typeof kept === 'object' && kept.text === 'old');
    const id = await answered(question(PASSWORD, kept.id), 'new');
    // A second tunnel that was told the old one gets the new one without a question.
    assert.deepEqual(await ask(question(PASSWORD, kept.id)), { text: 'new', id });
  });

  for (const [name, asked] of [
    ['a code', question(CODE)],
    ['a PIN', question('Enter PIN for token: ')],
    ['what a server words', question("(me@b) Enter passphrase for key '/home/me/key': ")],
  ] as const) {
    it(`${name} is never used twice`, async () => {
      await answered(asked, '1');
      store.ended(profile, { worked: [asked], unproven: [] });
      assert.equal(keeps.length, 0);
      await answered(asked, '2');
    });
  }

  it('what is not known to be right is not used again', async () => {
    const asked = question(PASSWORD);
    await answered(asked, 'wrong');
    store.ended(profile, { worked: [], unproven: [asked] });
    await answered(asked, 'right');
  });

  it('a password is for one login on one way', async () => {
    const asked = question(PASSWORD);
    await answered(asked, 'right');
    store.ended(profile, { worked: [asked], unproven: [] });
    assert.equal(await store.answerUnasked(other, asked), 'nobody');
    const jumper = { ...profile, ssh: { host: 'bastion', user: 'me', jump: 'elsewhere' } };
    assert.equal(await store.answerUnasked(jumper, asked), 'nobody');
  });

  const key: SshQuestion = {
    ...{ kind: 'hostKey', host: 'bastion', port: '22', address: '10.0.0.5', keyType: 'ED25519' },
    ...{ fingerprint: 'SHA256:abc', notes: ['No matching host key fingerprint found in DNS.'] },
  };

  it('an unknown key is shown whole, once, and is trusted by its button alone', async () => {
    for (const [button, expected] of [
      [null, 'cancelled'],
      ['Do Not Connect', 'cancelled'],
      ['Trust and Connect', 'yes'],
    ] as const) {
      dialogs.length = 0;
      const answers: Promise<SshAnswer>[] = [ask(key), ask(key, other)];
      await until(() => dialogs.length > 0, 'a dialog is open');
      assert.equal(dialogs.length, 1);
      const [dialog] = dialogs;
      assert.equal(dialog?.title, 'Trust the key of the SSH server bastion?');
      for (const part of [
        '"Shop", a production connection,',
        'Host: bastion, port 22, at 10.0.0.5',
        'Key: ED25519 SHA256:abc',
        'No matching host key fingerprint found in DNS.',
        'known_hosts',
      ]) {
        assert.ok(dialog.detail.includes(part), dialog.detail);
      }
      dialog.press(button);
      for (const answer of await Promise.all(answers)) {
        assert.equal(textOf(answer), expected);
      }
    }
    assert.equal(await store.answerUnasked(profile, key), 'nobody');
  });
});
