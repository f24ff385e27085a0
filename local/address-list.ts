import path from 'node:path';
import { uiAddresses } from '../lib/temporal/ui-addresses.ts';
import type { LocalPorts } from './local-environment.ts';
import type { LocalPlan } from './local-plan.ts';

/** What the closing lines of a start are made from. */
export interface AddressFacts {
  plan: LocalPlan;
  ports: LocalPorts;
  dataDir: string;
  /** The environment that the children got. */
  environment: Readonly<Record<string, string>>;
  /** Whether the company's name and address are the example's. */
  isExampleCompany: boolean;
}

/** The last lines of a start: where to look, what is stood in for and which setting replaces it, and that it is ready. */
export function addressList(facts: AddressFacts): string[] {
  return [
    '',
    ...aligned(addresses(facts)),
    '',
    ...aligned(standIns(facts)),
    '',
    // This machine's own address, also where PUBLIC_URL is another: it answers as soon as this line is there.
    `ready http://127.0.0.1:${facts.ports.api}`,
  ];
}

type Row = readonly string[];

function addresses({ plan, ports, dataDir, environment }: AddressFacts): Row[] {
  const own = `http://127.0.0.1:${ports.api}`;
  const publicUrl = environment['PUBLIC_URL'] ?? own;
  const hasSimulator = plan.simulated.whatsapp || plan.simulated.instagram;
  const temporal = uiAddresses({
    TEMPORAL_UI_URL: environment['TEMPORAL_UI_URL'],
    TEMPORAL_CONVERSATIONS_NAMESPACE: environment['TEMPORAL_CONVERSATIONS_NAMESPACE'] ?? '',
    TEMPORAL_PRIVACY_NAMESPACE: environment['TEMPORAL_PRIVACY_NAMESPACE'] ?? '',
  });
  return [
    ...(publicUrl === own ? [] : [['public address', publicUrl]]),
    ...(hasSimulator ? [['simulator', `${own}/simulator`]] : []),
    ['data deletion', `${own}/privacy/deletion`],
    ...(temporal === null
      ? []
      : [
          ['conversations in Temporal', temporal.conversations],
          ['privacy requests in Temporal', temporal.requests],
        ]),
    ['data folder', dataDir],
    ['logs', path.join(dataDir, 'logs')],
    ...(plan.mail ? [['outbox', path.join(dataDir, 'outbox')]] : []),
  ];
}

function standIns({ plan, environment, isExampleCompany }: AddressFacts): Row[] {
  const { whatsapp, instagram } = plan.simulated;
  const channel = (name: string) =>
    `set ${name}_ACCESS_TOKEN, ${name}_APP_SECRETS and ${name}_VERIFY_TOKEN`;
  return [
    ...(whatsapp ? [['WhatsApp', 'simulated', channel('WHATSAPP')]] : []),
    ...(instagram ? [['Instagram', 'simulated', channel('INSTAGRAM')]] : []),
    plan.model
      ? ['model', 'a small stand-in', 'set OPENAI_API_KEY or OPENAI_BASE_URL']
      : ['model', environment['OPENAI_MODEL'] ?? '', 'OPENAI_MODEL names another'],
    ...(plan.mail ? [['mail', 'kept in the outbox', 'set SMTP_URL']] : []),
    ...(plan.staff ? [['staff sign-in', 'whoever is at this machine', 'set OIDC_ISSUER']] : []),
    ...(plan.postgres ? [['Postgres', 'embedded', 'set DATABASE_URL']] : []),
    ...(plan.temporal ? [['Temporal', 'dev server', 'set TEMPORAL_ADDRESS']] : []),
    ...(isExampleCompany
      ? [['company', environment['COMPANY_NAME'] ?? '', 'set COMPANY_NAME and CONTACT_EMAIL']]
      : []),
  ];
}

/** Columns as wide as their widest cell; the last is left as it is. */
function aligned(rows: readonly Row[]): string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)),
    [],
  );
  return rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`,
  );
}
