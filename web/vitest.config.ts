import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [vue()],
  test: { include: ["widget/tests/**/*.test.ts", "demo/**/*.test.ts", "desk/**/tests/**/*.test.ts"] },
});
