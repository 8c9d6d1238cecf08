import assert from 'node:assert/strict';
import { readSshPrompt, type SshPrompt } from '../../../../src/core/pgtools/stderr/sshPrompt';

const hostKey = (host: string, ...lines: string[]): string =>
  [
    `The authenticity of host '${host}' can't be established.`,
    ...lines,
    'Are you sure you want to continue connecting (yes/no/[fingerprint])? ',
  ].join('\n');

const secret = (kind: string, whose: string, text?: string) => ({ secret: kind, whose, text });

describe('a prompt of ssh', () => {
  const secrets: [prompt: string, secret: string, whose: string, text?: string][] = [
    [
      "Enter passphrase for key '/home/me/.ssh/id_ed25519': ",
      'passphrase',
      '/home/me/.ssh/id_ed25519',
    ],
    ["Enter passphrase for key '/home/o'brien/k y': ", 'passphrase', "/home/o'brien/k y"],
    ['Enter passphrase for /home/me/key: ', 'passphrase', '/home/me/key'],
    ["Enter passphrase for RSA key '/home/me/key': ", 'passphrase', '/home/me/key'],
    ["me@bastion's password: ", 'password', 'me@bastion'],
    ["me@corp.example@fe80::1's password: ", 'password', 'me@corp.example@fe80::1'],
    ['(me@bastion) Password: ', 'password', 'me@bastion', 'Password: '],
    ['(me@bastion) Password for me: ', 'password', 'me@bastion', 'Password for me: '],
    ['Enter PIN for ED25519-SK key /home/me/id_sk: ', 'pin', 'ED25519-SK key /home/me/id_sk'],
    ["Enter PIN for 'My Token': ", 'pin', "'My Token'"],
    ['(me@b) Verification code: ', 'other', 'me@b', 'Verification code: '],
    ['(me@b) Passcode or option (1-2): ', 'other', 'me@b', 'Passcode or option (1-2): '],
    // What a server words is never taken for a question of ssh itself.
    [
      "(me@b) Enter passphrase for key '/home/me/k': ",
      'other',
      'me@b',
      "Enter passphrase for key '/home/me/k': ",
    ],
    ["(me@b) root@bank's password: ", 'other', 'me@b', "root@bank's password: "],
    ['(me@b) ', 'other', 'me@b', ''],
    ['(no login) Password: ', 'other', '', '(no login) Password: '],
    ["me@bastion's old password: ", 'other', '', "me@bastion's old password: "],
    [
      "Hello.\nEnter passphrase for key '/k': ",
      'other',
      '',
      "Hello.\nEnter passphrase for key '/k': ",
    ],
    // Control characters, and marks that turn the text around.
    ['(me@b) \u001b[2J\u202ePass\u0007code\r\n: ', 'other', 'me@b', '[2JPasscode\n: '],
    ['(me@b) Password\u0000: ', 'password', 'me@b', 'Password: '],
    ['', 'other', '', ''],
  ];
  for (const [prompt, kind, whose, text = prompt] of secrets) {
    it(`${JSON.stringify(prompt)}: ${kind} of ${whose}`, () => {
      const read = readSshPrompt(prompt, '', true);
      assert.deepEqual(read, { kind: 'secret', ...secret(kind, whose, text) });
    });
  }

  it('of a version that does not mark the words of a server is believed in nothing', () => {
    for (const [prompt] of secrets) {
      const read = readSshPrompt(prompt, '', false);
      assert.ok(read.kind === 'secret' && read.secret === 'other' && read.whose === '', prompt);
    }
  });

  it('is cut when it is endless', () => {
    const read = readSshPrompt(`(me@b) ${'x'.repeat(1e6)}`, '', true);
    assert.ok(read.kind === 'secret' && read.text.length <= 1000);
  });

  const SHA = 'SHA256:1e8Qo4SDG4TbIIXlT7YDz5Rc9pcPzrMBqe1pOOZFhUk';
  const keys: [name: string, prompt: string, expected: Partial<SshPrompt>][] = [
    [
      'a name with its address',
      hostKey(
        'bastion (10.0.0.5)',
        `ED25519 key fingerprint is ${SHA}.`,
        'This key is not known by any other names.',
      ),
      { ...{ host: 'bastion', port: '22', address: '10.0.0.5', notes: [] } },
    ],
    [
      'an address with a port',
      hostKey('[127.0.0.1]:2222 ([127.0.0.1]:2222)', `ED25519 key fingerprint is ${SHA}.`),
      { ...{ host: '127.0.0.1', port: '2222', address: '', notes: [] } },
    ],
    [
      'a server that is reached through another one, in the newer words',
      hostKey('db (<no hostip for proxy command>)', `ED25519 key fingerprint is: ${SHA}`),
      { ...{ host: 'db', port: '22', address: '<no hostip for proxy command>' } },
    ],
    [
      'a key with other names, and its picture',
      hostKey(
        '[::1]:22 ([::1]:22)',
        `ED25519 key fingerprint is ${SHA}.`,
        '+--[ED25519 256]--+',
        '|  .o+=*X         |',
        '+----[SHA256]-----+',
        'This host key is known by the following other names/addresses:',
        '    ~/.ssh/known_hosts:3: old.example',
        'No matching host key fingerprint found in DNS.',
      ),
      {
        ...{ host: '::1', port: '22' },
        notes: [
          'This host key is known by the following other names/addresses:',
          '    ~/.ssh/known_hosts:3: old.example',
          'No matching host key fingerprint found in DNS.',
        ],
      },
    ],
  ];
  for (const [name, prompt, expected] of keys) {
    for (const marked of [true, false]) {
      it(`for the key of ${name}${marked ? '' : ', of an older version'}`, () => {
        const read = readSshPrompt(prompt, '', marked);
        const key = { kind: 'hostKey', keyType: 'ED25519', fingerprint: SHA };
        assert.deepEqual({ ...read, ...key, ...expected }, read);
      });
    }
  }

  it('for a key that is cut after its first line still says whose it is', () => {
    const [first = ''] = hostKey('bastion (10.0.0.5)').split('\n');
    const read = readSshPrompt(first, '', true);
    assert.ok(read.kind === 'hostKey' && read.host === 'bastion' && read.fingerprint === '');
  });

  for (const [prompt, hint, kind] of [
    ['Confirm user presence for key ED25519-SK SHA256:x', 'none', 'notice'],
    ['Add key /home/me/k (me@b) to agent?', 'confirm', 'aside'],
    ['Accept updated hostkeys? (yes/no): ', '', 'aside'],
  ] as const) {
    it(`${prompt} is ${kind}`, () => assert.equal(readSshPrompt(prompt, hint, true).kind, kind));
  }
});
