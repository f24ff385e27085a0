import { SettingsError } from './config.ts';
import { codeOf } from './outside-error.ts';

type Files = Readonly<Record<string, string | undefined>>;

/**
 * Does something with files that settings name; when a file cannot be opened, made or written, the error names its
 * setting.
 */
export function withSettingFiles<T>(files: Files, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw settingFileTrouble(files)(error) ?? error;
  }
}

/** In one sentence, which of these settings names the file, or the folder on the way to it, that an error is about. */
export function settingFileTrouble(files: Files): (error: unknown) => SettingsError | null {
  return (error) => {
    const path = error instanceof Error && 'path' in error ? error.path : undefined;
    if (typeof path !== 'string') return null;
    const names = Object.keys(files);
    const setting =
      names.find((name) => files[name] === path) ??
      names.find((name) => isOnTheWay(path, files[name] ?? ''));
    if (setting === undefined) return null;
    return new SettingsError(
      `The file that ${setting} names cannot be opened (${codeOf(error)}): this process needs it, and the right to read and write it.`,
    );
  };
}

/** A folder that holds the file, or a file that is written before it takes the other's place. */
function isOnTheWay(path: string, file: string): boolean {
  return file.startsWith(`${path}/`) || (file !== '' && path.startsWith(file));
}
