import assert from 'node:assert/strict';
import { brokenConnectionItem, connectionItem } from '../../../src/vscode/views/connectionItem';

const shop = {
  id: 'shop',
  label: 'Shop',
  target: 'db.example:5432/shop',
  environment: null,
  readOnly: false,
};

describe('a connection in its view', () => {
  it('says where it leads', () => {
    const row = connectionItem(shop);
    assert.equal(row.label, 'Shop');
    assert.equal(row.description, 'db.example:5432/shop');
    assert.equal(row.contextValue, 'connection writable');
  });

  it('marks production and read-only first, by words and not by colour alone', () => {
    const row = connectionItem({ ...shop, environment: 'production', readOnly: true });
    assert.equal(row.description, 'PRODUCTION · read-only · db.example:5432/shop');
    assert.equal(row.spoken, 'Shop, PRODUCTION, read-only, db.example:5432/shop');
    assert.equal(row.contextValue, 'connection', 'nothing is restored into it');
  });

  it('an entry that cannot be used says why', () => {
    const row = brokenConnectionItem('shop', 'It has a password.');
    assert.equal(row.contextValue, 'broken');
    assert.match(row.spoken, /cannot be used, It has a password/);
  });
});
