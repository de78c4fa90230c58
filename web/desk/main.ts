import "element-plus/dist/index.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import "./desk.css";
import "./queue/queue.css";
import "./talk/talk.css";

import { createApp } from "vue";

import App from "./App.vue";
import { startSession } from "./session";
import { startTheme } from "./theme";

startTheme();
void startSession();
createApp(App).mount("#app");
