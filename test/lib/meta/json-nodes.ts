/** A way through nested objects and lists, from the top. */
export type Path = readonly (string | number)[];

/** Every place in a JSON value but the top itself, parents before children. */
export function nodePaths(value: unknown, above: Path = []): Path[] {
  return children(value).flatMap(([key, child]) => {
    const path = [...above, key];
    return [path, ...nodePaths(child, path)];
  });
}

/** The places that hold a text, a number, a boolean or null. */
export function leafPaths(value: unknown): Path[] {
  return nodePaths(value).filter((path) => children(valueAt(value, path)).length === 0);
}

/** The same for all members of a list: `entry.*.id`. */
export function pattern(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
}

/** A copy with another value at one place; `undefined` deletes it. */
export function changed(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...below] = path;
  if (step === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.flatMap((member, index) => {
      if (index !== step) return [member];
      const next = changed(member, below, replacement);
      return next === undefined ? [] : [next];
    });
  }
  // Not assignment: a key named `__proto__` must stay a key.
  return Object.fromEntries(
    Object.entries(value as object).map(([key, member]) =>
      key === step ? [key, changed(member, below, replacement)] : [key, member],
    ),
  );
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], value);
}

function children(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
