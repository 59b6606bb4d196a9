// The smallest job there is: what is measured is the way to it and back.
export default function same(value) {
  return value;
}
