import type pg from 'pg';

/** A clock that stands still until it is moved, for this process and for one database. */
export interface VirtualClock {
  now(): number;
  /** Resolves once this much time has passed. */
  sleep(ms: number): Promise<void>;
  /** When the next sleeper wakes, or null when nobody sleeps. */
  nextWake(): number | null;
  /** Moves on to a time, and calls everybody who slept until then. */
  moveTo(at: number): Promise<void>;
  /**
   * A moment passes, so that nothing happens at the same time as something else. Those who sleep until that time sleep
   * on.
   */
  tick(): Promise<void>;
  /** Nobody wakes any more: what slept belonged to something that is over. */
  forgetSleepers(): void;
  /** From here on the process has its own time again. */
  close(): void;
}

const SCHEMA = 'model_clock';

/** Takes over `new Date()` and `Date.now()`, and `now()` and `clock_timestamp()` of every later connection. */
export async function openVirtualClock(client: pg.Client, database: string): Promise<VirtualClock> {
  let time = Date.now();
  await client.query(`
    CREATE SCHEMA ${SCHEMA};
    CREATE SEQUENCE ${SCHEMA}.ms MINVALUE 0;
    CREATE FUNCTION ${SCHEMA}.now() RETURNS timestamptz STABLE LANGUAGE sql
      AS 'SELECT to_timestamp(last_value / 1000.0) FROM ${SCHEMA}.ms';
    CREATE FUNCTION ${SCHEMA}.clock_timestamp() RETURNS timestamptz STABLE LANGUAGE sql
      AS 'SELECT ${SCHEMA}.now()';
    -- A function that is named without its schema is looked for there first.
    ALTER DATABASE ${database} SET search_path = ${SCHEMA}, pg_catalog, public`);
  await useForDefaults(client);
  const tellPostgres = () => client.query(`SELECT setval('${SCHEMA}.ms', $1)`, [time]);
  await tellPostgres();
  const giveBack = takeOverDate(() => time);
  let sleepers: { at: number; wake: () => void }[] = [];
  const setTo = async (at: number) => {
    time = Math.max(time, Math.ceil(at));
    await tellPostgres();
  };
  const moveTo = async (at: number) => {
    await setTo(at);
    const due = sleepers.filter((sleeper) => sleeper.at <= time);
    sleepers = sleepers.filter((sleeper) => sleeper.at > time);
    for (const { wake } of due) wake();
  };
  return {
    now: () => time,
    sleep: (ms) =>
      new Promise((resolve) => void sleepers.push({ at: time + Math.max(0, ms), wake: resolve })),
    nextWake: () => (sleepers.length === 0 ? null : Math.min(...sleepers.map(({ at }) => at))),
    moveTo,
    tick: () => setTo(time + 1),
    forgetSleepers: () => {
      sleepers = [];
    },
    close: giveBack,
  };
}

/** The defaults of columns were bound to the real clock when the tables were made. */
async function useForDefaults(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(`
    SELECT format('ALTER TABLE %I.%I ALTER COLUMN %I SET DEFAULT ${SCHEMA}.now()', table_schema, table_name, column_name)
      AS statement
    FROM information_schema.columns
    WHERE table_schema IN ('keys', 'mayfly') AND column_default IN ('now()', 'clock_timestamp()')`);
  for (const { statement } of rows) await client.query(statement);
}

function takeOverDate(now: () => number): () => void {
  const RealDate = globalThis.Date;
  globalThis.Date = class extends RealDate {
    constructor(...given: [] | [number | string | Date]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
    static override now(): number {
      return now();
    }
  } as DateConstructor;
  return () => {
    globalThis.Date = RealDate;
  };
}
