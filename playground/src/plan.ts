// The text of EXPLAIN and EXPLAIN ANALYZE as a tree: operators by their indentation, then a list of figures for the
// whole, for each scan and for each operator (src/engine/explain_analyze.cpp writes them).

export type Figures = [name: string, value: string][];

export interface PlanNode {
  name: string;
  detail: string;
  estimate: string;
  figures: Figures;
  children: PlanNode[];
}

export interface Plan {
  roots: PlanNode[];
  total: Figures;
  /** Figures of what has no place in the tree. */
  others: { name: string; figures: Figures }[];
}

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

function operator(line: string): PlanNode {
  const [, text = line, estimate = ''] = /^(.*?)(?: {2}\((~[^)]*)\))?$/.exec(line.trim()) ?? [];
  const [, name = text, detail = ''] = /^(\S+)(?: (.*))?$/.exec(text) ?? [];
  return { name, detail, estimate, figures: [], children: [] };
}

function tree(lines: string[]): PlanNode[] {
  const roots: PlanNode[] = [];
  const path: PlanNode[] = [];
  for (const line of lines) {
    const depth = Math.min((line.length - line.trimStart().length) / 2, path.length);
    const node = operator(line);
    (depth === 0 ? roots : path[depth - 1]!.children).push(node);
    path.length = depth;
    path.push(node);
  }
  return roots;
}

function sections(lines: string[]): { name: string; figures: Figures }[] {
  const found: { name: string; figures: Figures }[] = [];
  for (const line of lines) {
    const [, name, value] = /^ {2}([^:]+): (.*)$/.exec(line) ?? [];
    if (name && value !== undefined) found[found.length - 1]?.figures.push([name, value]);
    else if (line !== '') found.push({ name: line, figures: [] });
  }
  return found;
}

const flat = (nodes: PlanNode[]): PlanNode[] => nodes.flatMap((node) => [node, ...flat(node.children)]);

export function parsePlan(text: string): Plan {
  const lines = text.split('\n');
  const end = lines.indexOf('');
  const roots = tree(end < 0 ? lines : lines.slice(0, end));
  const plan: Plan = { roots, total: [], others: [] };
  const free = new Set(flat(roots));
  for (const section of sections(end < 0 ? [] : lines.slice(end))) {
    if (section.name === 'Total') {
      plan.total = section.figures;
      continue;
    }
    const scanned = section.name.startsWith('Scan of ') ? section.name.slice(8) : undefined;
    const home = [...free].find(({ name, detail }) => (scanned === undefined
      ? letters(name) === letters(section.name) : name === 'Scan' && detail.startsWith(scanned)));
    if (home) {
      free.delete(home);
      home.figures = section.figures;
    } else plan.others.push(section);
  }
  return plan;
}
