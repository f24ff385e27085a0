import { parseSync } from '@swc/core';

/** Activities that a workflow calls with the same options, each as it stands in the source. */
export interface Proxied {
  names: string[];
  isLocal: boolean;
  options: Record<string, string>;
}

interface Node {
  type?: string;
  value?: unknown;
  id?: Node;
  init?: Node;
  callee?: Node;
  object?: Node;
  property?: Node;
  key?: Node;
  properties?: Node[];
  arguments?: { expression: Node }[];
}

const PROXIES = ['proxyActivities', 'proxyLocalActivities'];

/** Every `const { name } = proxyActivities({ … })` of a source, and every `const act = …` with each `act.name` of it. */
export function proxiesIn(source: string): Proxied[] {
  const nodes = nodesOf(parseSync(source, { syntax: 'typescript', target: 'esnext' }));
  return nodes.flatMap(({ type, id, init }) => {
    const proxy = String(init?.callee?.value);
    if (type !== 'VariableDeclarator' || !PROXIES.includes(proxy)) return [];
    const options = init?.arguments?.[0]?.expression.properties ?? [];
    return [
      {
        names: id?.type === 'ObjectPattern' ? keysOf(id) : membersOf(nodes, id?.value),
        isLocal: proxy === 'proxyLocalActivities',
        options: Object.fromEntries(
          options.map(({ key, value }) => [String(key?.value), String((value as Node).value)]),
        ),
      },
    ];
  });
}

function keysOf({ properties = [] }: Node): string[] {
  return properties.map(({ key }) => String(key?.value));
}

function membersOf(nodes: readonly Node[], name: unknown): string[] {
  const members = nodes
    .filter(({ type, object }) => type === 'MemberExpression' && object?.value === name)
    .map(({ property }) => String(property?.value));
  return [...new Set(members)];
}

function nodesOf(node: unknown): Node[] {
  if (typeof node !== 'object' || node === null) return [];
  return [node as Node, ...Object.values(node).flatMap(nodesOf)];
}
