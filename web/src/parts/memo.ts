// A component that is drawn again only when one of its props is another value: rows of long lists.
import { Component, type ComponentChildren, h } from 'preact';

export function memo<P extends object>(draw: (props: P) => ComponentChildren) {
  function Drawn(props: P) {
    return draw(props) as never;
  }
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !sameProps(this.props as P, next);
    }
    override render() {
      return h(Drawn, this.props as P);
    }
  };
}

function sameProps<P extends object>(before: P, after: P): boolean {
  const keys = Object.keys(after) as (keyof P)[];
  return keys.length === Object.keys(before).length && keys.every((key) => Object.is(before[key], after[key]));
}
