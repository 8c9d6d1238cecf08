import assert from 'node:assert/strict';
import { kindOf } from '../../../../src/core/pgtools/stderr/problems/errorKinds';

/** As servers say it: language and major, words, what it is, SQLSTATE. */
const SAID: readonly (readonly [
  language: string,
  message: string,
  is: string,
  sqlState: string,
])[] = [
  ['de 18', 'Rolle »boss« existiert nicht', 'roleMissing boss', '42704'],
  ['de 18', 'Erweiterung »postgis« ist nicht verfügbar', 'extensionMissing postgis', '0A000'],
  ['de 18', 'benötigte Erweiterung »cube« ist nicht installiert', 'extensionNeeded cube', '42704'],
  ['de 18', 'Relation »orders« existiert bereits', 'exists orders', '42P07'],
  [
    'de 18',
    'kann app.t nicht löschen, weil andere Objekte davon abhängen',
    'dependents app.t',
    '2BP01',
  ],
  ['de 18', 'keine Berechtigung für Schema app', 'permission schema app', '42501'],
  ['de 18', 'Berechtigung nur für Eigentümer der Tabelle orders', 'notOwner table orders', '42501'],
  ['de 18', 'doppelter Schlüsselwert verletzt Unique-Constraint »k«', 'duplicateKey k', '23505'],
  ['de 18', 'konnte Unique Index »k« nicht erstellen', 'duplicateRows k', '23505'],
  [
    'de 18',
    'Einfügen oder Aktualisieren in Tabelle »a« verletzt Fremdschlüssel-Constraint »a_b«',
    'foreignKey a_b',
    '23503',
  ],
  ['de 18', 'neue Zeile für Relation »t« verletzt Check-Constraint »c«', 'check c', '23514'],
  ['de 18', 'unbekannter Konfigurationsparameter »x.y«', 'unknownSetting x.y', '42704'],
  ['de 18', 'ungültige Byte-Sequenz für Kodierung »UTF8«: 0xff', 'encoding UTF8', '22021'],
  ['de 18', 'Shared Memory aufgebraucht', 'locks', '53200'],
  ['de 18', 'tut mir leid, schon zu viele Verbindungen', 'connections', '53300'],
  [
    'de 18',
    'konnte Datei »base/1/2« nicht erweitern: Auf dem Gerät ist kein Speicherplatz mehr verfügbar',
    'diskFull',
    '53100',
  ],
  ['de 18', 'auf Datenbank »shop« wird von anderen Benutzern zugegriffen', 'inUse shop', '55006'],
  [
    'de 18',
    'COPY kann nicht in einer Read-Only-Transaktion ausgeführt werden',
    'readOnly COPY',
    '25006',
  ],
  [
    'de 18',
    'storniere Anfrage wegen Konflikt mit der Wiederherstellung',
    'standbyConflict',
    '40001',
  ],
  ['de 18', 'storniere Anfrage wegen Zeitüberschreitung einer Sperre', 'lockTimeout lock', '55P03'],
  [
    'de 18',
    'Verbindung wird abgebrochen aufgrund von Anweisung des Administrators',
    'ended terminating connection due to administrator command',
    '57P01',
  ],
  [
    'de 18',
    'Policy für Sicherheit auf Zeilenebene für Tabelle »t« würde Auswirkung auf die Anfrage haben',
    'rowSecurity t',
    '42501',
  ],
  ['ja 15', 'ロール"boss"は存在しません', 'roleMissing boss', '42704'],
  ['ja 15', '機能拡張"postgis" は利用できません', 'extensionMissing postgis', '0A000'],
  [
    'ja 15',
    '要求された機能拡張"cube"はインストールされていません',
    'extensionNeeded cube',
    '42704',
  ],
  ['ja 15', 'リレーション"orders"はすでに存在します', 'exists orders', '42P07'],
  ['ja 15', '他のオブジェクトが依存しているためapp.tを削除できません', 'dependents app.t', '2BP01'],
  ['ja 15', 'スキーマ app へのアクセスが拒否されました', 'permission schema app', '42501'],
  ['ja 15', 'テーブル orders の所有者である必要があります', 'notOwner table orders', '42501'],
  ['ja 15', '重複したキー値は一意性制約"k"違反となります', 'duplicateKey k', '23505'],
  ['ja 15', '一意インデックス"k"を作成できませんでした', 'duplicateRows k', '23505'],
  [
    'ja 15',
    'テーブル"a"への挿入、更新は外部キー制約"a_b"に違反しています',
    'foreignKey a_b',
    '23503',
  ],
  ['ja 15', 'リレーション"t"の新しい行は検査制約"c"に違反しています', 'check c', '23514'],
  ['ja 15', '設定パラメータ"x.y"は不明です', 'unknownSetting x.y', '42704'],
  ['ja 15', '符号化方式"UTF8"に対する不正なバイト列です: 0xff', 'encoding UTF8', '22021'],
  ['ja 15', '共有メモリが足りません', 'locks', '53200'],
  ['ja 15', '現在クライアント数が多すぎます', 'connections', '53300'],
  [
    'ja 15',
    'ファイル"base/1/2"を拡張できませんでした: デバイスに空き領域がありません',
    'diskFull',
    '53100',
  ],
  ['ja 15', 'データベース"shop"は他のユーザーからアクセスされています', 'inUse shop', '55006'],
  ['ja 15', 'リードオンリーのトランザクションでは COPY を実行できません', 'readOnly COPY', '25006'],
  [
    'ja 15',
    'リカバリで競合が発生したためステートメントをキャンセルしています',
    'standbyConflict',
    '40001',
  ],
  [
    'ja 15',
    'ロックのタイムアウトのためステートメントをキャンセルしています',
    'lockTimeout lock',
    '55P03',
  ],
  [
    'ja 15',
    '管理者コマンドにより接続を終了しています',
    'ended terminating connection due to administrator command',
    '57P01',
  ],
  [
    'ja 15',
    '問い合わせはテーブル"t"に対する行レベルセキュリティポリシの影響を受けます',
    'rowSecurity t',
    '42501',
  ],
  ['fr 17', "le rôle « boss » n'existe pas", 'roleMissing boss', '42704'],
  ['fr 17', "l'extension « postgis » n'est pas disponible", 'extensionMissing postgis', '0A000'],
  ['fr 17', "l'extension « cube » requise n'est pas installée", 'extensionNeeded cube', '42704'],
  ['fr 17', 'la relation « orders » existe déjà', 'exists orders', '42P07'],
  [
    'fr 17',
    "n'a pas pu supprimer app.t car d'autres objets en dépendent",
    'dependents app.t',
    '2BP01',
  ],
  ['fr 17', 'droit refusé pour le schéma app', 'permission schema app', '42501'],
  ['fr 17', 'doit être le propriétaire de la table orders', 'notOwner table orders', '42501'],
  [
    'fr 17',
    "la valeur d'une clé dupliquée rompt la contrainte unique « k »",
    'duplicateKey k',
    '23505',
  ],
  ['fr 17', "n'a pas pu créer l'index unique « k »", 'duplicateRows k', '23505'],
  [
    'fr 17',
    'une instruction insert ou update sur la table « a » viole la contrainte de clé\nétrangère « a_b »',
    'foreignKey a_b',
    '23503',
  ],
  [
    'fr 17',
    'la nouvelle ligne de la relation « t » viole la contrainte de vérification « c »',
    'check c',
    '23514',
  ],
  ['fr 17', 'paramètre de configuration « x.y » non reconnu', 'unknownSetting x.y', '42704'],
  ['fr 17', "séquence d'octets invalide pour l'encodage « UTF8 » : 0xff", 'encoding UTF8', '22021'],
  ['fr 17', 'mémoire partagée épuisée', 'locks', '53200'],
  ['fr 17', 'désolé, trop de clients sont déjà connectés', 'connections', '53300'],
  [
    'fr 17',
    "n'a pas pu étendre le fichier « base/1/2 » : Aucun espace disponible sur le périphérique",
    'diskFull',
    '53100',
  ],
  [
    'fr 17',
    "la base de données « shop » est en cours d'utilisation par d'autres utilisateurs",
    'inUse shop',
    '55006',
  ],
  [
    'fr 17',
    'ne peut pas exécuter COPY dans une transaction en lecture seule',
    'readOnly COPY',
    '25006',
  ],
  [
    'fr 17',
    "annulation de la requête à cause d'un conflit avec la restauration",
    'standbyConflict',
    '40001',
  ],
  [
    'fr 17',
    "annulation de la requête à cause du délai écoulé pour l'obtention des verrous",
    'lockTimeout lock',
    '55P03',
  ],
  [
    'fr 17',
    "arrêt des connexions suite à la demande de l'administrateur",
    'ended terminating connection due to administrator command',
    '57P01',
  ],
  [
    'fr 17',
    'la requête pourrait être affectée par une politique de sécurité au niveau ligne pour la table « t »',
    'rowSecurity t',
    '42501',
  ],
  ['zh_CN 17', '角色 "boss" 不存在', 'roleMissing boss', '42704'],
  ['zh_CN 17', '扩展 "postgis" 不可用', 'extensionMissing postgis', '0A000'],
  ['zh_CN 17', '所需要的扩展 "cube" 尚未安装', 'extensionNeeded cube', '42704'],
  ['zh_CN 17', '关系 "orders" 已存在', 'exists orders', '42P07'],
  ['zh_CN 17', '不能删除 app.t，因为其他对象依赖于它', 'dependents app.t', '2BP01'],
  ['zh_CN 17', '对模式 app 的权限不足', 'permission schema app', '42501'],
  ['zh_CN 17', '必须是表 orders 的所有者', 'notOwner table orders', '42501'],
  ['zh_CN 17', '重复键值违反唯一约束 "k"', 'duplicateKey k', '23505'],
  ['zh_CN 17', '无法创建唯一索引 "k"', 'duplicateRows k', '23505'],
  ['zh_CN 17', '对表 "a" 的插入或更新违反外键约束 "a_b"', 'foreignKey a_b', '23503'],
  ['zh_CN 17', '关系 "t" 的新行违反检查约束 "c"', 'check c', '23514'],
  ['zh_CN 17', '无法识别的配置参数 "x.y"', 'unknownSetting x.y', '42704'],
  ['zh_CN 17', '编码 "UTF8" 的字节序列无效: 0xff', 'encoding UTF8', '22021'],
  ['zh_CN 17', '共享内存不足', 'locks', '53200'],
  ['zh_CN 17', '客户端连接过多', 'connections', '53300'],
  ['zh_CN 17', '无法扩展文件 "base/1/2": 设备上没有空间', 'diskFull', '53100'],
  ['zh_CN 17', '其他用户正在使用数据库 "shop"', 'inUse shop', '55006'],
  ['zh_CN 17', '不能在只读事务中执行 COPY', 'readOnly COPY', '25006'],
  ['zh_CN 17', '由于与恢复操作冲突，正在取消语句', 'standbyConflict', '40001'],
  ['zh_CN 17', '由于锁超时，正在取消语句', 'lockTimeout lock', '55P03'],
  [
    'zh_CN 17',
    '由于管理员命令，正在终止连接',
    'ended terminating connection due to administrator command',
    '57P01',
  ],
  ['zh_CN 17', '查询将受表 "t" 的行级安全策略影响', 'rowSecurity t', '42501'],
  ['zh_CN 13', '角色 "boss" 不存在', 'roleMissing boss', '42704'],
  ['zh_CN 13', '所需要的扩展"cube"没被安装', 'extensionNeeded cube', '42704'],
  ['zh_CN 13', '关系 "orders" 已经存在', 'exists orders', '42P07'],
  ['zh_CN 13', '无法删除 app.t 因为有其它对象倚赖它', 'dependents app.t', '2BP01'],
  ['zh_CN 13', '对模式 app 权限不够', 'permission schema app', '42501'],
  ['zh_CN 13', '必须是表 orders 的属主', 'notOwner table orders', '42501'],
  ['zh_CN 13', '重复键违反唯一约束"k"', 'duplicateKey k', '23505'],
  ['zh_CN 13', '无法创建唯一索引"k"', 'duplicateRows k', '23505'],
  ['zh_CN 13', '插入或更新表 "a" 违反外键约束 "a_b"', 'foreignKey a_b', '23503'],
  ['zh_CN 13', '关系 "t" 的新列违反了检查约束 "c"', 'check c', '23514'],
  ['zh_CN 13', '未认可的配置参数 "x.y"', 'unknownSetting x.y', '42704'],
  ['zh_CN 13', '无效的 "UTF8" 编码字节顺序: 0xff', 'encoding UTF8', '22021'],
  ['zh_CN 13', '共享内存用尽', 'locks', '53200'],
  ['zh_CN 13', '对不起, 已经有太多的客户', 'connections', '53300'],
  ['zh_CN 13', '无法扩展文件 "base/1/2": 设备上没有空间', 'diskFull', '53100'],
  ['zh_CN 13', '其他用户正在使用数据库 "shop"', 'inUse shop', '55006'],
  ['zh_CN 13', '不能在一个只读模式的事务中执行COPY', 'readOnly COPY', '25006'],
  ['zh_CN 13', '由于与恢复操作冲突，正在取消语句命令', 'standbyConflict', '40001'],
  ['zh_CN 13', '由于锁超时，取消语句操作', 'lockTimeout lock', '55P03'],
  [
    'zh_CN 13',
    '由于管理员命令中断联接',
    'ended terminating connection due to administrator command',
    '57P01',
  ],
  ['zh_CN 13', '查询将被表 "t" 的行级安全性策略所影响', 'rowSecurity t', '42501'],
];

describe('errors in the language of a server', () => {
  for (const [language, message, is, sqlState] of SAID) {
    it(`${language}: ${message}`, () => {
      const told = (error: Parameters<typeof kindOf>[0]): string => {
        const { kind, object = '' } = kindOf(error) ?? {};
        return [kind, object].join(' ').trim();
      };
      assert.equal(told({ message }), is);
      assert.equal(told({ message, sqlState }), is, 'also where the code is told');
      const wrapped = `Dumping the contents of table "t" failed: PQgetResult() failed.\nError message from server: ERROR:  ${message}`;
      if (!message.includes('\n'))
        assert.equal(told({ message: wrapped }), is, 'as pg_dump wraps it');
    });
  }
});

describe('SQLSTATE decides what an error is', () => {
  const CASES: readonly (readonly [
    sqlState: string | undefined,
    message: string,
    is: string | null,
  ])[] = [
    // A language, or a wording, that nobody knows: the code tells, and the first name is quoted.
    ['42P07', 'ilişki “siparişler” zaten var!', 'exists siparişler'],
    ['3F000', '«app» ???', 'schemaMissing app'],
    ['53100', 'kein Platz', 'diskFull'],
    ['57P01', 'Schluss', 'ended Schluss'],
    ['23505', 'zweimal: »k«', 'duplicateKey k'],
    ['53200', 'mehr Speicher', 'memory'],
    ['53200', 'out of shared memory', 'locks'],
    ['99999', 'something new', null],
    // Functions raise errors that read like those of the server.
    ['P0001', 'role "boss" does not exist', null],
    ['P0001', 'out of memory', null],
    ['P0001', 'extension "pg_cron" is not allow-listed for users', 'extensionRefused pg_cron'],
    // The text only looks like another error.
    [
      '42P01',
      'relation "No space left on device" does not exist',
      'missing No space left on device',
    ],
    ['42601', 'role "boss" does not exist', 'newerSyntax boss'],
    // One code stands for several causes.
    ['55006', 'cannot ALTER TABLE "t" because it has pending trigger events', null],
    ['55006', 'cannot drop the currently open database', null],
    ...(
      [
        ['42P01', 'relation "t" does not exist', 't'],
        ['42704', 'type "t" does not exist', 't'],
        ['42883', 'function t(integer) does not exist', 't(integer)'],
      ] as const
    ).map(([sqlState, text, sought]): [string, string, string] => [
      sqlState,
      `${text}\nCONTEXT:  PL/pgSQL function app.f(integer) line 2 at RETURN`,
      `searchPath app.f(integer) → ${sought}`,
    ]),
    // Without a code.
    [undefined, 'relation "pgbouncer" does not exist', 'missing pgbouncer'],
    [
      undefined,
      'relation "too many clients already" does not exist',
      'missing too many clients already',
    ],
    [undefined, 'relation "x" already exists" does not exist', 'missing x" already exists'],
    [
      undefined,
      'relation "SSL SYSCALL error: EOF" already exists',
      'exists SSL SYSCALL error: EOF',
    ],
    [
      undefined,
      'type "violates check constraint "c"" does not exist',
      'missing violates check constraint "c"',
    ],
    [undefined, 'column "a" of relation "t" does not exist', 'missing a → t'],
    [undefined, 'operator does not exist: integer = app.x', 'missing operator'],
  ];
  for (const [sqlState, message, is] of CASES) {
    it(`${sqlState ?? 'no code'}: ${message}`, () => {
      const known = kindOf({ message, ...(sqlState === undefined ? {} : { sqlState }) });
      const said = known && [known.kind, known.object ?? ''].join(' ').trim();
      assert.equal(said, is);
    });
  }
});

describe('messages that are made to slow it down', () => {
  // What takes the square of it would not come to an end here.
  const LONG = 100_000;
  for (const piece of [
    'Zeichen mit Byte-Folge in Kodierung »« hat keine Entsprechung in Kodierung »',
    'リレーション"の検査制約"',
    'permission denied for ',
    'role "',
    '" does not exist',
    'PL/pgSQL function f(',
    '\n',
  ]) {
    it(JSON.stringify(piece), () => {
      const message = piece.repeat(Math.ceil(LONG / piece.length)).slice(0, LONG);
      const known = kindOf({ message: `${message}\nCONTEXT:  ${message}` });
      assert.ok((known?.object ?? '').length < LONG, 'no name is that long');
    });
  }
});
