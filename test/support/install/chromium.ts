import { existsSync } from 'node:fs';
import { findOnPath, installSystemPackages } from './systemPackages';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const usualPlaces = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** So that text, and emoji in names, appear in screenshots as they would for a user. */
const fonts = ['fonts-dejavu-core', 'fonts-noto-color-emoji'];
const emojiFont = '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf';

function findChromium(): string | undefined {
  const onPath = names.map(findOnPath).find((file) => file !== undefined);
  return onPath ?? usualPlaces.find((file) => existsSync(file));
}

/** The browser that shows the editor: `CHROMIUM_PATH`, one found, or Debian's, installed. */
export async function ensureChromium(): Promise<string> {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return given;
  const found = findChromium();
  if (found !== undefined && (process.platform !== 'linux' || existsSync(emojiFont))) return found;
  try {
    await installSystemPackages([...(found === undefined ? ['chromium'] : []), ...fonts]);
  } catch (error) {
    // Without the fonts everything works, screenshots are less pretty.
    if (found !== undefined) return found;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Chromium is needed to show the editor: install Chromium or Chrome, or name one in CHROMIUM_PATH.\n${reason}`,
    );
  }
  const installed = findChromium();
  if (installed === undefined) throw new Error('Chromium was installed and is not on PATH');
  return installed;
}

/** Needed to run as root, and quiet on a machine without a network. */
export const chromiumArgs: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
