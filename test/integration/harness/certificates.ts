/** Certificates and keys for TLS in tests, made here: no test needs OpenSSL's program. */
import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

/** A key with its certificate, as PEM. */
export interface Identity {
  name: string;
  certificate: string;
  key: KeyObject;
}

const OIDS = {
  ecdsaWithSha256: '06082a8648ce3d040302',
  commonName: '0603550403',
  basicConstraints: '0603551d13',
  subjectAltName: '0603551d11',
};
const DAY_MS = 86_400_000;

/** @param issuer undefined = it signs itself, and others */
export function makeIdentity(name: string, issuer?: Identity): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, Buffer.from(OIDS.ecdsaWithSha256, 'hex'));
  const now = Date.now();
  const constraints = der(0x30, issuer === undefined ? der(0x01, Buffer.from([0xff])) : empty);
  const alternative = der(0x30, der(0x82, Buffer.from(name)));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    der(0x30, time(now - DAY_MS), time(now + DAY_MS)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      der(
        0x30,
        extension(OIDS.basicConstraints, constraints),
        extension(OIDS.subjectAltName, alternative),
      ),
    ),
  );
  const signature = sign('sha256', body, issuer?.key ?? privateKey);
  const whole = der(0x30, body, algorithm, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n');
  const certificate = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  return {
    name,
    certificate,
    key: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

const empty = Buffer.alloc(0);

/** A DER value: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function nameOf(name: string): Buffer {
  const attribute = der(0x30, Buffer.from(OIDS.commonName, 'hex'), der(0x0c, Buffer.from(name)));
  return der(0x30, der(0x31, attribute));
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(digits));
}

function extension(oid: string, value: Buffer): Buffer {
  return der(0x30, Buffer.from(oid, 'hex'), der(0x04, value));
}
