import assert from 'node:assert/strict';
import { brokenConnectionItem, connectionItem } from '../../../src/vscode/views/connectionItem';

const shop = {
  id: 'shop',
  label: 'Shop',
  target: 'db.example:5432/shop',
  address: 'db.example:5432',
  environment: null,
  readOnly: false,
};

const alone = { index: 0, place: 'user settings', only: true, hides: [] };

describe('a connection in its view', () => {
  it('says where it leads', () => {
    const row = connectionItem(shop, alone);
    assert.equal(row.label, 'Shop');
    assert.equal(row.description, 'db.example:5432/shop');
    assert.equal(row.contextValue, 'connection writable');
  });

  it('marks production and read-only first, by words and not by colour alone', () => {
    const row = connectionItem({ ...shop, environment: 'production', readOnly: true }, alone);
    assert.equal(row.description, 'PRODUCTION · read-only · db.example:5432/shop');
    assert.equal(row.screenReaderText, 'Shop, PRODUCTION, read-only, db.example:5432/shop');
    assert.equal(row.contextValue, 'connection', 'nothing is restored into it');
  });

  it('says where it stands, in the row only where others stand elsewhere', () => {
    assert.ok(connectionItem(shop, alone).tooltip.includes('From the user settings'));
    const row = connectionItem(shop, { ...alone, only: false });
    assert.equal(row.description, 'db.example:5432/shop · user settings');
    assert.equal(row.screenReaderText, 'Shop, db.example:5432/shop, user settings');
  });

  it('says that it hides another of the same id', () => {
    const standing = {
      index: 0,
      place: 'workspace settings',
      only: false,
      hides: ['user settings'],
    };
    for (const row of [
      connectionItem(shop, standing),
      brokenConnectionItem('shop', 'It has a password.', standing),
    ]) {
      assert.match(row.description, /^hides another · .* · workspace settings$/);
      assert.match(row.screenReaderText, /hides another, .*, workspace settings$/);
      assert.ok(row.tooltip.includes('Hides "shop" of the user settings'));
    }
  });

  it('an entry that cannot be used says why', () => {
    const row = brokenConnectionItem('shop', 'It has a password.', alone);
    assert.equal(row.contextValue, 'broken');
    assert.match(row.screenReaderText, /cannot be used, It has a password/);
  });
});
