// Requests to one route differ by the ids in their paths: a busy server has a row for the route, and not for each of them.

const path = /(?<=\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|QUERY) )\/\S*/g;
/** Whole parts of a path: numbers, and hexadecimal of eight or more such as UUIDs. */
const id = /(?<=\/)(?:\d+|(?=[^/]*\d)[\da-f-]{8,})(?=$|[^\w-])/gi;

/** `GET /users/…/orders` for `GET /users/42/orders`: `v1` and `order-4` are none. */
export function withoutIds(text: string): string {
  return text.replaceAll(path, (found) => found.replaceAll(id, '…'));
}
