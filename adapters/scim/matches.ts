import type { DirectoryFilter, FilterTest } from '../../onboarding/directory-filter.ts';
import type { Attribute } from './schemas.ts';
import { isValues, type Values } from './values.ts';

/** Whether an element of a list fits a filter over its fields: what Postgres is asked elsewhere, over plain data. */
export function matches(attribute: Attribute, filter: DirectoryFilter, element: unknown): boolean {
  switch (filter.is) {
    case 'and':
      return filter.parts.every((part) => matches(attribute, part, element));
    case 'or':
      return filter.parts.some((part) => matches(attribute, part, element));
    case 'not':
      return !matches(attribute, filter.part, element);
    case 'any':
      return false;
    case 'test': {
      const isExact = attribute.subAttributes?.find(({ name }) => name === filter.field)?.caseExact ?? true;
      return holds(isValues(element) ? element[filter.field] : undefined, filter.test, isExact);
    }
  }
}

function holds(found: unknown, test: FilterTest, isExact: boolean): boolean {
  if (test.op === 'pr') return found !== undefined;
  const left = isExact ? found : lowered(found);
  const right = isExact ? test.value : lowered(test.value);
  switch (test.op) {
    case 'eq':
      return right === null ? left === undefined : left === right;
    case 'ne':
      return right === null ? left !== undefined : left !== right;
    default:
      return typeof left === 'string' && typeof right === 'string' && compares(test.op, left, right);
  }
}

function compares(op: 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le', left: string, right: string): boolean {
  switch (op) {
    case 'co':
      return left.includes(right);
    case 'sw':
      return left.startsWith(right);
    case 'ew':
      return left.endsWith(right);
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
  }
}

const lowered = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);

/** The element that a filter of equalities describes, to be made where none fits; undefined for any other filter. */
export function describedBy(filter: DirectoryFilter): Values | undefined {
  if (filter.is === 'and') {
    const parts = filter.parts.map(describedBy);
    return parts.every((part) => part !== undefined) ? (Object.assign({}, ...parts) as Values) : undefined;
  }
  if (filter.is !== 'test' || filter.test.op !== 'eq' || filter.test.value === null) return undefined;
  return { [filter.field]: filter.test.value };
}
