/** `npm run certificate:verify -- FILE [--jwks FILE|URL]`: exit 0 for a certificate that holds, else 1 with the reason. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Certificate } from '../domain/certificate.ts';
import { verifyCertificate } from '../lib/crypto/certificate.ts';
import { publicKeys } from './key-source.ts';
import { report } from './report.ts';

await report(async () => {
  const { values, positionals } = parseArgs({
    options: { jwks: { type: 'string' } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1)
    throw new Error('give the file of one certificate');
  if (!existsSync(file)) throw new Error('the file of the certificate is not there');
  const finding = await verifyCertificate(
    readFileSync(file, 'utf8'),
    await publicKeys(values.jwks, process.env),
  );
  return finding.isValid
    ? { holds: true, line: linesOf(finding.certificate, finding.kid) }
    : { holds: false, line: `The certificate does not hold: ${finding.reason}.` };
});

function linesOf(certificate: Certificate, kid: string): string {
  const { issuer, issued_at, request, erased, keys_destroyed, rescan, ledger } = certificate;
  const { expiring_elsewhere, kept_elsewhere = [] } = certificate;
  const total = erased.reduce((sum, { count }) => sum + count, 0);
  return [
    `The certificate holds: signed by ${issuer.company} (${issuer.url}) at ${issued_at} with key ${kid}.`,
    `  request ${request.id}, received at ${request.received_at}, due at ${request.due_at}`,
    `  ${total} records erased from ${erased.length} stores, keys destroyed at ${keys_destroyed.at}`,
    `  rescan of ${rescan.found.length} stores at ${rescan.at}: nothing found`,
    ...expiring_elsewhere.map(({ where, until }) => `  still expiring: ${where}, until ${until}`),
    ...kept_elsewhere.map(({ where }) => `  may be kept elsewhere, no day known: ${where}`),
    `  ledger entry ${ledger.position}, ${ledger.hash}`,
  ].join('\n');
}
