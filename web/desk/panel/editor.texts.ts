// The words of the editor of canned replies and macros.

import { computed, type ComputedRef } from "vue";

import { language } from "../texts";

const zh = {
  title: "快捷回复与宏", replies: "快捷回复", macros: "宏", search: "搜索快捷码、标题、内容", add: "新建", language: "语言", languages: { zh: "中文", en: "英文" }, any: "全部语言",
  shortcut: "快捷码", shortcutHint: "在输入框里打 / 加快捷码", heading: "标题", text: "内容", places: "插入订单数据", preview: "客户看到的（示例数据）", save: "保存", saved: "已保存",
  remove: "删除", removeAsk: (name: string) => `删除「${name}」？用过它的会话不受影响。`, removed: "已删除", notMine: "这是别人写的，只有作者和主管能改。", copy: "复制为新的", cancel: "取消", uses: (n: number) => `用过 ${n} 次`, team: (name: string) => `${name} 组`,
  none: "没有匹配的内容", choose: "选一条来修改，或新建", loading: "正在加载…", failed: "没有取到", discard: "有没保存的修改，要放弃吗？", discardDo: "放弃修改",
  faults: { missing: "请填写", shortcut: "不能有空格、/ 和大括号，最多 40 个", taken: "这个快捷码已有", places: "有不认识的占位", long: "最多 4000 字" } as Record<string, string>,
  unknown: (names: string) => `不认识：${names}`,
  placeNames: { order_no: "订单号", product: "商品", amount: "金额", promised_at: "承诺时间", customer_name: "客户称呼", ticket_no: "工单号", agent_name: "客服名" } as Record<string, string>,
  examples: { order_no: "KM202611300001", product: "100 元点卡", amount: "98.00", promised_at: "今天 18:00", customer_name: "张**", ticket_no: "TK261130ABC123", agent_name: "小林" } as Record<string, string>,
  macroHint: "宏把几步并成一次点击，执行前会列出每一步。", steps: "步骤", addStep: "添加步骤", up: "上移", down: "下移", dropStep: "去掉这一步", stepNo: (n: number) => `第 ${n} 步`,
  stepNames: { reply_canned: "发快捷回复", note: "写备注", tag: "加标签", priority: "设优先级", wait: "工单等上游", transfer: "转给组", resolve: "解决会话" } as Record<string, string>,
  macroFaults: { missing: "请填写标题", steps: "至少要一步", incomplete: "有步骤没填完", order: "转接或解决只能放在最后" } as Record<string, string>,
  tagsHint: "用逗号分开", priorities: { low: "低", normal: "普通", high: "高", urgent: "紧急" } as Record<string, string>, note: "备注内容", teamName: "组名", cause: "原因", summary: "小结",
  priority: "优先级", tags: "标签",
};
export type EditorTexts = typeof zh;

const en: EditorTexts = {
  title: "Canned replies and macros", replies: "Canned replies", macros: "Macros", search: "Search shortcut, title, text", add: "New", language: "Language",
  languages: { zh: "Chinese", en: "English" }, any: "All languages",
  shortcut: "Shortcut", shortcutHint: "In a reply type / and the shortcut", heading: "Title", text: "Text", places: "Insert live data", preview: "What the customer sees (example data)",
  save: "Save", saved: "Saved", remove: "Delete", removeAsk: (name) => `Delete “${name}”? Conversations that used it stay as they are.`, removed: "Deleted", notMine: "Somebody else wrote this; only they and supervisors may change it.", copy: "Copy as new", cancel: "Cancel",
  uses: (n) => (n === 1 ? "Used once" : `Used ${n} times`), team: (name) => `Team ${name}`, none: "Nothing fits", choose: "Choose one to change it, or make a new one", loading: "Loading…",
  failed: "Could not be read", discard: "There are changes that were not saved. Discard them?", discardDo: "Discard changes",
  faults: { missing: "Needed", shortcut: "No spaces, / or braces, at most 40", taken: "This shortcut is taken", places: "It has places that mean nothing", long: "At most 4000 characters" },
  unknown: (names) => `Unknown: ${names}`,
  placeNames: { order_no: "Order no.", product: "Product", amount: "Amount", promised_at: "Promised time", customer_name: "Customer", ticket_no: "Ticket no.", agent_name: "Agent" },
  examples: { order_no: "KM202611300001", product: "100 yuan card", amount: "98.00", promised_at: "18:00 today", customer_name: "A**", ticket_no: "TK261130ABC123", agent_name: "Lin" },
  macroHint: "A macro does several steps with one click; they are listed before it runs.", steps: "Steps", addStep: "Add a step", up: "Up", down: "Down", dropStep: "Remove this step",
  stepNo: (n) => `Step ${n}`,
  stepNames: { reply_canned: "Send a canned reply", note: "Write a note", tag: "Add tags", priority: "Set the priority", wait: "Ticket waits for supplier", transfer: "Transfer to a team", resolve: "Resolve" },
  macroFaults: { missing: "The title is needed", steps: "At least one step is needed", incomplete: "A step is not complete", order: "A transfer or resolving can only be the last step" },
  tagsHint: "Separate with commas", priorities: { low: "Low", normal: "Normal", high: "High", urgent: "Urgent" }, note: "Note", teamName: "Team", cause: "Cause", summary: "Summary",
  priority: "Priority", tags: "Tags",
};

export const EDITOR_TEXTS = { zh, en };

export function useEditorTexts(): ComputedRef<EditorTexts> {
  return computed(() => EDITOR_TEXTS[language.value]);
}
