// The texts that every phone has, in Chinese.
import type en from "./en";

const zh: Record<keyof typeof en, string> = {
  "common.loading": "正在加载",
  "common.retry": "重试",
  "common.back": "返回",
  "common.undo": "撤销",
  "common.sign_out": "退出登录",

  "sign_in.email": "电子邮箱",
  "sign_in.password": "密码",
  "sign_in.submit": "登录",
  "sign_in.again": "请重新登录以便发送，数据不会丢失。",

  "net.sent": "已全部发送",
  "net.waiting": "{count} 条待发送",
  "net.sending": "正在发送 {count} 条",
  "net.offline": "离线",
  "net.refused": "{count} 条被拒",

  "outbox.title": "待发送",
  "outbox.none": "所有记录都已送达服务器。",
  "outbox.some": "本机有 {count} 条记录待发送。",
  "outbox.how": "有网络后会按顺序自动发送。您可以关闭应用或关机，无需任何操作。",
  "outbox.never": "本机尚未发送过记录。",
  "outbox.last": "上次发送：{time}",
  "outbox.send": "立即发送",
  "outbox.other": "本机有他人的 {count} 条记录，待其登录后发送。",
  "outbox.sign_out": "有 {count} 条记录未发送，会保留在本机，直到您再次登录。",

  "scan.type": "输入单号",
  "scan.enter": "确定",
  "scan.camera": "摄像头",
  "scan.camera_off": "关闭摄像头",
  "scan.no_camera": "无法使用摄像头。请在浏览器中允许，或手动输入单号。",

  "unwritten.full": "手机存储已满",
  "unwritten.failed": "未能保存",
  "unwritten.hint": "最后一条记录没有保存。请删除不需要的照片或应用，然后重试。",
  "unwritten.drop": "放弃这条",

  "broken.title": "此浏览器无法保存数据",

  "crash.title": "此页面出错",
  "crash.hint": "您的操作已保存，请重新加载。",
  "crash.reload": "重新加载",

  "error.offline": "无法连接服务器。",
  "error.sign_in_failed": "邮箱与密码不匹配。",
  "error.too_many_attempts": "尝试次数过多，请等几分钟。",
  "error.other": "服务器提示：{message}",
};

export default zh;
