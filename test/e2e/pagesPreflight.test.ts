/** What the restore page says ahead of a restore, by itself in a plain browser. */
import assert from 'node:assert/strict';
import {
  askedMethods,
  PageTester,
  settled,
  violations,
  violationsInAllThemes,
} from '../support/pageHarness/pageTester';

describe('The pre-flight on the restore page', function () {
  let pages: PageTester;
  before(async () => {
    pages = await PageTester.start();
  });
  afterEach(() => pages.closePage());

  it('is one calm line when nothing is wrong, and the verdict is beside the button', async () => {
    const looking = await pages.open('restore', { scenario: 'looking' });
    await looking.locator('.preflight[aria-busy=true] .preflight-calm').waitFor();
    const first = looking.locator('.visually-hidden[role=status]');
    assert.doesNotMatch((await first.textContent()) ?? '', /tables/, 'nothing is promised yet');
    const tab = await pages.open('restore');
    await tab.locator('.preflight-calm .codicon-pass').waitFor();
    assert.equal(await tab.locator('.finding').count(), 0);
    const verdict = 'Adds 22 tables to an empty database; nothing is lost.';
    assert.equal((await tab.locator('#verdict').innerText()).trim(), verdict);
    const button = tab.locator('#submit');
    assert.equal(await button.getAttribute('aria-describedby'), 'verdict');
    const spoken = tab.locator('.visually-hidden[role=status]');
    assert.equal(await spoken.textContent(), verdict);
  });

  it('says that it could not look, and looks again when it is told to', async () => {
    const tab = await pages.open('restore', { scenario: 'brokenLook', width: 320 });
    const retry = tab.getByRole('button', { name: 'Retry' });
    await retry.waitFor();
    const unknown = 'What this restore will do is not known.';
    assert.equal((await tab.locator('#verdict').innerText()).trim(), unknown);
    assert.equal(await tab.locator('.visually-hidden[role=status]').textContent(), unknown);
    assert.deepEqual(await violations(tab), []);
    const looks = (): Promise<number> =>
      tab.evaluate(() => window.asked.filter(({ method }) => method === 'preflight/look').length);
    const before = await looks();
    await retry.press('Enter');
    await settled(tab);
    assert.equal(await looks(), before + 1);
  });

  it('lists what is wrong, the worst first; remedies set options and are done by keyboard', async () => {
    const tab = await pages.open('restore', { scenario: 'trouble' });
    const findings = tab.locator('.finding');
    await findings.nth(3).waitFor();
    assert.match(await findings.first().innerText(), /^Will not go through/);
    assert.match((await tab.locator('#verdict').innerText()).trim(), /will not go through/);
    const clean = tab.getByRole('button', { name: 'Drop and Replace' });
    await clean.focus();
    await tab.keyboard.press('Enter');
    await tab.locator('.finding-loses').waitFor();
    assert.ok(await tab.getByRole('checkbox', { name: 'Clean' }).isChecked());
    await tab.getByText('All 12').click();
    assert.equal(await tab.locator('.finding-objects li').count(), 12);
    await tab.getByRole('button', { name: 'Open as Document' }).press('Enter');
    await settled(tab);
    assert.ok((await askedMethods(tab)).includes('preflight/show'));
    await tab.getByRole('button', { name: 'Restore into a New Database…' }).first().click();
    await settled(tab);
    const name = tab.getByRole('textbox', { name: 'Target database' });
    await name.waitFor();
    assert.match(await name.inputValue(), /./, 'one that is not there yet');
    await tab.getByRole('button', { name: 'Create the Roles without Login…' }).click();
    await settled(tab);
    const step = await tab.evaluate(
      () => window.asked.find(({ method }) => method === 'preflight/take')?.params,
    );
    assert.deepEqual((step as { step?: unknown } | undefined)?.step, {
      do: 'createRoles',
      names: ['deploy'],
    });
  });

  it('puts the user in the place of a missing role, for another one to be named', async () => {
    const tab = await pages.open('restore', { scenario: 'trouble', width: 320, height: 900 });
    await tab.getByRole('button', { name: 'Use Another Role Instead…' }).click();
    const role = tab.getByRole('textbox', { name: 'In the place of role deploy' });
    await role.waitFor();
    assert.notEqual(await role.inputValue(), '');
    await role.fill('app_owner');
    await settled(tab);
    assert.match(await tab.locator('.summary').first().innerText(), /deploy → app_owner/);
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} px`);
    assert.deepEqual(await violations(tab), []);
    await tab.getByRole('button', { name: 'Keep deploy' }).click();
    await role.waitFor({ state: 'detached' });
  });

  it('tells what errors came from, and restores the rest with what was chosen since', async () => {
    const tab = await pages.open('restore', { scenario: 'partly' });
    const causes = tab.locator('.causes > li');
    await causes.nth(3).waitFor();
    await tab.getByRole('button', { name: 'Leave Out Owners and Privileges' }).click();
    await tab.getByRole('button', { name: 'Restore What Failed (3 entries)…' }).click();
    await settled(tab);
    const started = await tab.evaluate(
      () => window.asked.find(({ method }) => method === 'job/start')?.params.options,
    );
    assert.deepEqual([started?.['dumpIds'], started?.['noOwner']], [[3, 4], true]);
  });

  const states = [
    { width: 1280, scenario: 'trouble', shown: 'Drop and Replace' },
    { width: 500, scenario: 'swapped', shown: 'Swap Back…' },
    { width: 320, scenario: 'trouble', shown: 'Drop and Replace' },
  ] as const;
  for (const { width, scenario, shown } of states) {
    it(`has nothing for axe to find, ${width} px wide: ${scenario}`, async () => {
      const tab = await pages.open('restore', { scenario, width, height: 900 });
      await tab.getByRole('button', { name: shown }).waitFor();
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px`);
      // Colours are the same at every width.
      const found = width === 1280 ? violationsInAllThemes(tab) : violations(tab);
      assert.deepEqual(await found, []);
    });
  }
});
