// The program that `ssh` runs to ask a question (SSH_ASKPASS). It hands the question to the process
// that has started `ssh`, and prints the answer. A bundle of its own.
import net from 'node:net';
import { MAX_PROMPT_LENGTH, TOKEN, type AskpassAnswer, type AskpassQuestion } from './askpassWire';

const [pipe = '', prompt = ''] = process.argv.slice(2);
const question: AskpassQuestion = {
  token: process.env[TOKEN] ?? '',
  prompt: prompt.slice(0, MAX_PROMPT_LENGTH),
  hint: process.env['SSH_ASKPASS_PROMPT'] ?? '',
  login: process.ppid,
};
const refuse = (): void => process.exit(1);
const socket = net.connect(pipe);
let received = '';
socket.setEncoding('utf8');
socket.on('error', refuse);
socket.on('data', (chunk) => {
  received += String(chunk);
});
socket.on('end', () => {
  try {
    const { answer } = JSON.parse(received) as AskpassAnswer;
    if (answer === null) refuse();
    else process.stdout.write(`${answer}\n`, () => process.exit(0));
  } catch {
    refuse();
  }
});
socket.write(`${JSON.stringify(question)}\n`);
