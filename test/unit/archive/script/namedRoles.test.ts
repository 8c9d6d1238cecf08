import assert from 'node:assert/strict';
import { neededRoles } from '../../../../src/core/archive/inspect/scriptRoles';
import { ScriptScanner } from '../../../../src/core/archive/script/scriptScan';

type Roles = Partial<NonNullable<ReturnType<typeof neededRoles>>>;

function rolesOf(sql: string): ReturnType<typeof neededRoles> {
  const bytes = Buffer.from(sql);
  const scanner = new ScriptScanner();
  scanner.push({ bytes, base: 0, last: true }, 0);
  return neededRoles(scanner.finish(bytes.length));
}

/** Each statement and the roles that have to be there for it. */
const CASES: readonly (readonly [sql: string, roles: Roles | null])[] = [
  ['ALTER TABLE app.log OWNER TO anna;', { owners: ['anna'] }],
  ['alter function app.f(integer, text) owner to "An""na B";', { owners: ['An"na B'] }],
  ['ALTER TABLE t OWNER TO CURRENT_USER;', null],
  ['ALTER TABLE t RENAME owner TO anna;', null],
  ['CREATE SCHEMA app AUTHORIZATION anna;', { owners: ['anna'] }],
  ['GRANT SELECT ON TABLE app.orders TO anna;', { grantees: ['anna'] }],
  [
    'GRANT SELECT(id),UPDATE(a) ON t TO Anna, GROUP "B", PUBLIC WITH GRANT OPTION;',
    { grantees: ['anna', 'B'] },
  ],
  ['GRANT ALL ON SCHEMA public TO cascade GRANTED BY boss;', { grantees: ['cascade', 'boss'] }],
  ['REVOKE ALL ON TABLE t FROM PUBLIC;', null],
  ['REVOKE GRANT OPTION FOR ALL ON t FROM anna CASCADE;', { grantees: ['anna'] }],
  [
    'GRANT readers, writers TO anna WITH ADMIN OPTION;',
    { grantees: ['anna', 'readers', 'writers'] },
  ],
  ['REVOKE ADMIN OPTION FOR readers FROM anna;', { grantees: ['anna', 'readers'] }],
  [
    'ALTER DEFAULT PRIVILEGES FOR ROLE boss IN SCHEMA app GRANT SELECT ON TABLES TO anna;',
    { grantees: ['boss', 'anna'] },
  ],
  ['ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;', null],
  [
    'CREATE POLICY p ON t FOR SELECT TO anna, PUBLIC, bert USING (true);',
    { others: ['anna', 'bert'] },
  ],
  ['CREATE POLICY p ON t USING (a SIMILAR TO b);', null],
  ["CREATE USER MAPPING FOR anna SERVER far OPTIONS (password 'x');", { others: ['anna'] }],
  ['CREATE USER MAPPING FOR PUBLIC SERVER far;', null],
  ["COMMENT ON TABLE t IS 'OWNER TO anna'; INSERT INTO t VALUES ('GRANT x TO anna;');", null],
  ['-- GRANT SELECT ON t TO anna;\n', null],
  [
    'CREATE ROLE anna; GRANT SELECT ON t TO anna; GRANT SELECT ON t TO bert;',
    { grantees: ['bert'] },
  ],
  ['DO $$ BEGIN CREATE ROLE anna; END $$; GRANT SELECT ON t TO anna;', null],
  ['\\i roles.sql\nGRANT SELECT ON t TO anna;', null],
];

describe('Roles that a script needs', () => {
  for (const [sql, roles] of CASES) {
    it(sql, () => {
      const none = { owners: [], grantees: [], others: [] };
      assert.deepEqual(rolesOf(sql), roles === null ? undefined : { ...none, ...roles });
    });
  }

  it('are no more than a thousand of each kind', () => {
    const statements = Array.from({ length: 3000 }, (_, n) => `GRANT SELECT ON t TO r${n};`);
    assert.equal(rolesOf(statements.join('\n'))?.grantees.length, 1000);
  });
});
