import type { TemporalServer } from '../servers/temporal-server.ts';
import type { BenchDatabase } from '../servers/database.ts';
import type { Fakes } from '../servers/fakes.ts';

export const SYSTEM_NAMES = ['mayfly', 'usual Temporal', 'plain Express'] as const;
export type SystemName = (typeof SYSTEM_NAMES)[number];

/** Something that answers WhatsApp messages, running: Mayfly, or what it is compared with. */
export interface System {
  name: SystemName;
  webhookUrl: string;
  /** Its processes by name, its servers among them; what they start counts with them. */
  processes(): Record<string, number>;
  database: BenchDatabase | null;
  temporal: TemporalServer | null;
  stop(): Promise<void>;
}

/** What every system is started with. */
export interface Surroundings {
  /** For logs and data of this system alone. */
  folder: string;
  fakes: Fakes;
  database: BenchDatabase;
  temporal: TemporalServer;
  report: (line: string) => void;
}
