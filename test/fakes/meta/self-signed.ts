import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/**
 * A certificate for 127.0.0.1 that vouches for itself, with its key: enough of X.509 for one server in a test, so
 * that no private key has to lie in the repository.
 */
export function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('06082a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(
    der(0x31, sequence(oid('0603550403'), der(0x0c, Buffer.from('fake meta')))),
  ); // CN
  const validity = sequence(time(-1), time(1));
  const extensions = sequence(
    sequence(oid('0603551d11'), octets(sequence(der(0x87, Buffer.from([127, 0, 0, 1]))))), // subjectAltName
    sequence(oid('0603551d13'), octets(sequence(der(0x01, Buffer.from([0xff]))))), // basicConstraints: a CA
  );
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), // serial number
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(
    toBeSigned,
    algorithm,
    der(0x03, Buffer.concat([Buffer.from([0]), signature])),
  );
  const base64 = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, Buffer.concat(parts));
const octets = (content: Buffer) => der(0x04, content);
const oid = (hex: string) => Buffer.from(hex, 'hex');

function time(daysFromNow: number): Buffer {
  const at = new Date(Date.now() + daysFromNow * 24 * 60 * 60 * 1000);
  return der(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}
