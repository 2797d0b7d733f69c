// A plan as nested lists: each operator with its figures.
import { element } from './dom.js';
import { type Figures, type PlanNode, parsePlan } from './plan.js';

/** What is worth a colour: work that was not done. */
const saved = /skipped/;

function figures(list: Figures): HTMLElement {
  return element('dl', { class: 'figures' }, ...list.map(([name, value]) => element('div',
    { class: saved.test(name) ? 'saved' : undefined }, element('dt', {}, name), element('dd', {}, value))));
}

function operator(node: PlanNode): HTMLElement {
  const item = element('li', {}, element('div', { class: 'operator' },
    element('h3', {}, node.name, ' ', element('span', { class: 'estimate' }, node.estimate))));
  const card = item.firstElementChild!;
  if (node.detail) card.append(element('code', {}, node.detail));
  if (node.figures.length > 0) card.append(figures(node.figures));
  if (node.children.length > 0) item.append(element('ul', {}, ...node.children.map(operator)));
  return item;
}

export function showPlan(parent: HTMLElement, text: string): void {
  const plan = parsePlan(text);
  parent.replaceChildren(
    ...plan.total.length > 0 ? [element('div', { class: 'operator total' }, element('h3', {}, 'Total'),
      figures(plan.total))] : [],
    element('ul', { class: 'plan', 'aria-label': 'Plan' }, ...plan.roots.map(operator)),
    ...plan.others.map((other) => element('div', { class: 'operator' }, element('h3', {}, other.name),
      figures(other.figures))));
}
