import type { readSettings, SettingName } from '../lib/config.ts';

/** The settings that migrate needs. */
export const MIGRATE_SETTINGS = [
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_SERVER_CA_FILE',
  'TEMPORAL_TLS_CERT_FILE',
  'TEMPORAL_TLS_KEY_FILE',
  'TEMPORAL_CONVERSATIONS_NAMESPACE',
  'TEMPORAL_PRIVACY_NAMESPACE',
  'KEY_RING_FILE',
  'ROOT_KEY_FILE',
  'SIGNING_KEY_FILE',
  'PRIVATE_HOSTS',
] as const satisfies SettingName[];
export type MigrateSettings = ReturnType<typeof readSettings<(typeof MIGRATE_SETTINGS)[number]>>;
