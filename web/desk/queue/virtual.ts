// A list of which only what can be seen is in the page, however long it is.

import { useVirtualizer, type VirtualItem, type Virtualizer } from "@tanstack/vue-virtual";
import { computed, watch, type Ref } from "vue";

const NEAR_END = 8;

export function useVirtualList(
  scroller: Ref<HTMLElement | undefined>,
  count: () => number,
  height: number,
  atEnd: () => void,
): { virtual: Ref<Virtualizer<HTMLElement, Element>>; top: (item: VirtualItem) => Record<string, string> } {
  const options = computed(() => ({
    count: count(),
    getScrollElement: () => scroller.value ?? null,
    estimateSize: () => height,
    overscan: 6,
  }));
  const virtual = useVirtualizer<HTMLElement, Element>(options);
  watch(
    () => virtual.value.getVirtualItems().at(-1)?.index ?? -1,
    (last) => {
      if (last >= count() - NEAR_END) atEnd();
    },
  );
  return { virtual, top: (item) => ({ transform: `translateY(${item.start}px)`, height: `${item.size}px` }) };
}
