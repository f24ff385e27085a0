/**
 * What the server must never write to its log: statements, their values, and messages that quote a value
 * ("invalid input syntax for type uuid: …"). Errors therefore do not reach the log at all, the client gets them;
 * `log` stands above `error` in the server's own order, so start, stop and crashes are still told.
 */
const SILENT = {
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_min_error_statement: 'panic',
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_lock_waits: 'off',
  log_checkpoints: 'off',
  log_connections: '',
  log_disconnections: 'off',
  debug_print_parse: 'off',
  debug_print_rewritten: 'off',
  debug_print_plan: 'off',
};

/** The log's destination is the open file that the server inherits; its messages are read by a program, hence English. */
const LOG_FILE = { logging_collector: 'off', log_destination: 'stderr', lc_messages: 'C' };

const SMALL_MACHINE = { shared_buffers: '256MB', max_connections: '200', wal_compression: 'on' };

/** For tests alone: a crash of the machine may lose or break the data. */
const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/**
 * The server's arguments. Settings given here win over postgresql.conf and ALTER SYSTEM.
 * It listens on the loopback interface only, and on no socket file.
 */
export function postmasterArguments(options: {
  dataDir: string;
  port: number;
  durable: boolean;
}): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(options.port),
    ...SILENT,
    ...LOG_FILE,
    ...SMALL_MACHINE,
    ...(options.durable ? DURABLE : NOT_DURABLE),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', options.dataDir, ...flags];
}
