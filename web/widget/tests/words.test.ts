// The small pure modules: time, links, waits.
import { describe, expect, it } from "vitest";
import { backoffDelay } from "../backoff";
import { copyable } from "../copying";
import { linkParts } from "../links";
import { clockTime, dayKey, dayLabel } from "../time";

const at = (text: string): Date => new Date(text);

describe("what is there to copy", () => {
  it("begins with a title on a line of its own", () => {
    expect(copyable("可以直接复制：\n【投诉材料】\n订单号：1\n金额：2\n")).toBe("【投诉材料】\n订单号：1\n金额：2");
    expect(copyable("To copy:\n[Complaint]\nOrder: 1")).toBe("[Complaint]\nOrder: 1");
  });

  it.each(["", "你好", "请点【提交】", "【提交】在下面", "a [b]\nc", "[]", "【】"])("is nothing in %j", (text) => {
    expect(copyable(text)).toBeNull();
  });
});

describe("time", () => {
  const now = at("2024-05-12T04:00:00Z"); // noon in Shanghai

  it("begins the day at the shop's midnight", () => {
    expect(dayKey(at("2024-05-11T15:59:59Z"))).toBe("2024-05-11");
    expect(dayKey(at("2024-05-11T16:00:00Z"))).toBe("2024-05-12");
  });

  it("shows the clock of the shop", () => {
    expect(clockTime(at("2024-05-11T16:05:00Z"), "zh")).toBe("00:05");
    expect(clockTime(at("2024-05-12T05:30:00Z"), "en")).toBe("13:30");
  });

  it.each([
    ["2024-05-11T16:00:00Z", "今天", "Today"],
    ["2024-05-11T15:00:00Z", "昨天", "Yesterday"],
    ["2024-05-01T04:00:00Z", "5月1日周三", "Wed 1 May"],
    ["2023-12-31T04:00:00Z", "2023年12月31日", "31 December 2023"],
  ])("names the day of %s", (moment, chinese, english) => {
    expect(dayLabel(at(moment), now, "zh").replaceAll(" ", "")).toBe(chinese);
    expect(dayLabel(at(moment), now, "en").replace(",", "")).toBe(english) // The comma depends on the version of ICU.;
  });
});

describe("backoffDelay", () => {
  it("doubles up to the bound", () => {
    expect([0, 1, 2, 3, 9, 999].map((failures) => backoffDelay(failures, 0))).toEqual([1000, 2000, 4000, 8000, 30000, 30000]);
  });

  it("is at most a third shorter by chance", () => {
    expect(backoffDelay(0, 0.999)).toBeGreaterThanOrEqual(666);
  });
});

describe("linkParts", () => {
  const links = (text: string): string[] => linkParts(text).flatMap((each) => each.href ?? []);

  it.each([
    ["请看 https://example.com/a?b=1。谢谢", ["https://example.com/a?b=1"]],
    ["(see http://example.com/x).", ["http://example.com/x"]],
    ["https://example.com/wiki/A_(b) and www.12315.cn，", ["https://example.com/wiki/A_(b)", "https://www.12315.cn/"]],
    ["登录www.12315.cn", ["https://www.12315.cn/"]],
  ])("finds the addresses in %s", (text, found) => {
    expect(links(text)).toEqual(found);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.com",
    "mail@www.example.com",
    "https://user:pass@example.com",
    "https://",
    "awww.example.com",
  ])("leaves %s alone", (text) => {
    expect(links(text)).toEqual([]);
  });

  it("never takes quotes or angle brackets into an address", () => {
    expect(links('<a href="https://example.com/">x</a>')).toEqual(["https://example.com/"]);
  });

  it.each(["", "无链接", "a https://example.com/b, c www.example.org."])("loses no character of %j", (text) => {
    expect(linkParts(text).map((each) => each.text).join("")).toBe(text);
  });
});
