import assert from 'node:assert/strict';
import { parseUrl, type ParsedUrl } from '../../../src/core/connections/url/parseUrl';
import { urlText } from '../../../src/core/connections/url/urlText';

describe('urlText', () => {
  const targets: Omit<ParsedUrl, 'parameters'>[] = [
    {},
    { host: 'db' },
    { host: 'db', port: '5433', user: 'a@b:c/d', database: 'my shop?#=%' },
    { host: '2001:db8::1', port: '5432' },
    { host: 'fe80::1%eth0' },
    { host: '/var/run/postgresql', database: 'x' },
    { host: 'a,b,::1', port: '1,2,3' },
    { host: 'a,b', port: ',2' },
    { port: '5433', database: 'x' },
    { service: 'stage & prod', sslMode: 'verify-full', sslRootCert: '/a b/ca.pem' },
  ];
  for (const target of targets) {
    it(`writes what parseUrl reads: ${JSON.stringify(target)}`, () => {
      const parameters = { target_session_attrs: 'any', options: 'endpoint=ep-1' };
      const result = parseUrl(urlText({ ...target, parameters }));
      assert.deepEqual(JSON.parse(JSON.stringify(result)), { url: { ...target, parameters } });
    });
  }
});
