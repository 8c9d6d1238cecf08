import assert from 'node:assert/strict';
import { connectAdvice } from '../../../../src/core/pgtools/stderr/connectAdvice';

const at = 'connection to server at "db.example" (10.0.0.5), port 5432 failed: ';
const at6 =
  'connection to server at "db.x.supabase.co" (2600:1f16:1cd0:330e:0:1:2:3), port 5432 failed: ';

describe('connectAdvice', () => {
  const table: [said: string, advice: ReturnType<typeof connectAdvice>][] = [
    [`${at}FATAL:  Tenant or user not found`, 'tenantUnknown'],
    [`${at}FATAL:  (ENOTFOUND) tenant/user postgres.abc not found`, 'tenantUnknown'],
    [
      `${at}ERROR:  Endpoint ID is not specified. Either please upgrade the postgres client library (libpq) for SNI support or pass the endpoint ID`,
      'endpointMissing',
    ],
    [
      `${at}ERROR:  The endpoint has been disabled. Enable it using Neon API and retry.`,
      'suspended',
    ],
    [`${at}FATAL:  PAM authentication failed for user "app"`, 'tokenExpired'],
    [`${at}FATAL:  Cloud SQL IAM user authentication failed for user "a@b.iam"`, 'tokenExpired'],
    [`${at}FATAL:  The access token has expired. Acquire a new token and retry.`, 'tokenExpired'],
    [
      `${at}FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", no encryption`,
      'encryptionRequired',
    ],
    [
      `${at}FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", SSL off`,
      'encryptionRequired',
    ],
    [
      `${at}FATAL:  SSL connection is required. Please specify SSL options and retry.`,
      'encryptionRequired',
    ],
    [`${at}ERROR:  connection is insecure (try using \`sslmode=require\`)`, 'encryptionRequired'],
    [
      `${at}FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", SSL encryption`,
      'addressRefused',
    ],
    [`${at}FATAL:  Address not in tenant allow_list: {1,2,3,4}`, 'addressRefused'],
    [`${at}FATAL:  unsupported startup parameter: extra_float_digits`, 'transactionPooler'],
    ['ERROR:  prepared statement "dump_1" does not exist', 'transactionPooler'],
    [
      `${at}root certificate file "/home/ann/.postgresql/root.crt" does not exist`,
      'rootCertificateMissing',
    ],
    [`${at6}Network is unreachable`, 'ipv6Only'],
    [`${at6}No route to host`, 'ipv6Only'],
    [`${at6}Network is unreachable\n${at}Connection refused`, null],
    [`${at6}Connection refused`, null],
    [`${at}FATAL:  password authentication failed for user "app"`, null],
    [`${at}Connection refused`, null],
    ['', null],
  ];
  for (const [said, advice] of table) {
    it(`${advice ?? 'nothing'}: ${said.slice(0, 150)}`, () => {
      assert.equal(connectAdvice(said), advice);
    });
  }
});
