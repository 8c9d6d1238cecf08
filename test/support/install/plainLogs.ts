import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Does what VS Code asks of its native logging module, `@vscode/spdlog`. Extensions' Output channels
 * are read from the files that it writes, so without one they stay empty.
 */
const standIn = `'use strict';
const fs = require('fs');
const path = require('path');
const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = 2;
    this.raw = false;
  }
  write(level, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    const text = this.raw ? message : time + ' [' + levels[level] + '] ' + message + '\\n';
    // Logging must not fail what is logged, e.g. when the folder is removed at the end.
    try { fs.appendFileSync(this.file, text); } catch {}
  }
  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() { this.raw = false; }
  clearFormatters() { this.raw = true; }
  flush() {}
  drop() {}
}
async function create(name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger('rotating', name, file);
}
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;

/** Puts the stand-in where the native module was not built. `vscode` is the server's directory. */
export async function ensureLogs(vscode: string): Promise<void> {
  const dir = path.join(vscode, 'node_modules/@vscode/spdlog');
  if (existsSync(path.join(dir, 'build/Release/spdlog.node'))) return;
  await writeFile(path.join(dir, 'index.js'), standIn);
}
