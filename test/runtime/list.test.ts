import { expect, test } from 'vitest';
import { List, type Links } from '../../src/runtime/list.ts';

class Element implements Links<Element> {
  readonly name: string;
  previous: Element | null = null;
  next: Element | null = null;

  constructor(name: string) {
    this.name = name;
  }
}

function listOf(...names: string[]): { list: List<Element>; elements: Element[] } {
  const list = new List<Element>();
  const elements = names.map((name) => new Element(name));
  for (const element of elements) list.push(element);
  return { list, elements };
}

function contents(list: List<Element>): unknown {
  const backwards: string[] = [];
  for (let at = list.last; at !== null; at = at.previous) backwards.unshift(at.name);
  return { forwards: [...list].map(({ name }) => name), backwards, size: list.size };
}

test.each([
  [0, ['b', 'c']],
  [1, ['a', 'c']],
  [2, ['a', 'b']],
])('element %i can be taken out, once', (index, rest) => {
  const { list, elements } = listOf('a', 'b', 'c');
  const element = elements[index] as Element;
  expect([list.remove(element), list.remove(element), element.previous, element.next, contents(list)]).toEqual([
    true,
    false,
    null,
    null,
    { forwards: rest, backwards: rest, size: 2 },
  ]);
});

test('shift takes the oldest out, and null from an empty list', () => {
  const { list } = listOf('a', 'b');
  expect([list.shift()?.name, list.shift()?.name, list.shift(), contents(list)]).toEqual([
    'a',
    'b',
    null,
    { forwards: [], backwards: [], size: 0 },
  ]);
});

test('what was taken out can be put in again, at the end', () => {
  const { list, elements } = listOf('a', 'b');
  list.remove(elements[0] as Element);
  list.push(elements[0] as Element);
  expect(contents(list)).toEqual({ forwards: ['b', 'a'], backwards: ['b', 'a'], size: 2 });
});

test('every element may be taken out while iterating', () => {
  const { list } = listOf('a', 'b', 'c');
  const seen: string[] = [];
  for (const element of list) {
    seen.push(element.name);
    list.remove(element);
  }
  expect([seen, list.size]).toEqual([['a', 'b', 'c'], 0]);
});

test('an element that is in no list is not taken out of one', () => {
  const { list } = listOf('a');
  expect([list.remove(new Element('b')), list.size]).toEqual([false, 1]);
});
