"""Write data/nlu/out_of_scope_made.yml: sentences about other subjects, made of word lists and frames.

Run `.venv/bin/python tools/make_out_of_scope.py` after a change; the output is checked in. Many frames use words of the
helpdesk (limit, card, safe, how long …) about something else, because those are the sentences that a model gets wrong.
"""

import random
from pathlib import Path

OUTPUT = Path(__file__).parent.parent / "data" / "nlu" / "out_of_scope_made.yml"
PER_FRAME = 14

ENGLISH_WORDS = {
    "thing": "a bicycle|a garden hose|a violin|a telescope|a tent|a sofa|a lawn mower|a fishing rod|a drum set|a kite|a "
    "ladder|an oven|a backpack|running shoes|a raincoat|a wedding dress|a skateboard|a camera lens|a hammer|a microwave",
    "food": "banana bread|fried rice|chicken soup|a chocolate cake|pancakes|lentil curry|spring rolls|apple pie|tacos|"
    "mashed potatoes|grilled salmon|sourdough|lamb stew|pizza dough|omelette|vegan burgers|noodles|cheesecake",
    "place": "chicago|vietnam|barcelona|the grand canyon|nairobi|new zealand|kyoto|the alps|dubai|lisbon|mexico city|"
    "iceland|sydney|cape town|berlin|the great wall|amsterdam|peru|hawaii|vancouver",
    "person": "albert einstein|taylor swift|the pope|michael jordan|shakespeare|the queen|beethoven|the ceo of tesla|"
    "marie curie|napoleon|my aunt|the mayor|genghis khan|the author of dune|the lead singer of u2|usain bolt",
    "animal": "elephants|a hamster|penguins|my parrot|goldfish|a tortoise|wolves|butterflies|sharks|a kitten|bees|snakes",
    "skill": "the guitar|knitting|origami|chess|calligraphy|swimming|german|sign language|juggling|salsa|photography|"
    "skiing|yoga|carpentry|meditation|cursive",
    "body": "my knee|a sore throat|back pain|a toothache|hay fever|a cold|dry skin|migraine|a sprained ankle|insomnia|"
    "high blood pressure|a sunburn|heartburn|dandruff",
    "subject": "photosynthesis|gravity|black holes|inflation|the french revolution|evolution|democracy|algebra|the ice "
    "age|volcanoes|electricity|the roman empire|probability|chemistry|quantum computers|the stock market",
    "device": "my laptop|the printer|my smart watch|the television|my headphones|the air conditioner|my tablet|the "
    "dishwasher|my car stereo|the coffee machine|the smoke alarm|my router|my e-reader|the vacuum cleaner",
    "event": "the wedding|the concert|the exam|the football final|my dentist appointment|the school play|the election|"
    "the dinner party|easter|the parade|my job interview|the marathon|the eclipse|the carnival|the super bowl",
    "bank": "a mortgage|a student loan|a savings account|a new credit card|life insurance|a car loan|a pension|a joint "
    "account|a fixed deposit|stocks|travel insurance|a cheque book|gold|an index fund",
    "goods": "this shampoo|the blue jacket|the queen mattress|the vitamin pills|the yoga mat|this perfume|the baby "
    "stroller|the desk lamp|whey protein|this pillow|the winter boots|the green tea|face cream|the multivitamin",
    "team": "the lakers|manchester united|the indian team|the yankees|my fantasy team|the bulls|real madrid|the home team",
    "media": "a comedy|an old western|jazz|the latest thriller|a podcast about history|classical music|that new series|"
    "a documentary|an audiobook|80s rock|the beatles|a horror film",
}
ENGLISH_FRAMES = {
    "thing": "where can i buy {}|how much does {} weigh|how do i repair {}|i am looking for {} for my son|who invented {}|"
    "is {} hard to carry|what is the best brand of {}|how long does {} usually last|can i borrow {}",
    "food": "how do i make {}|give me a recipe for {}|how many calories are in {}|how long do i bake {}|what goes well with "
    "{}|is {} bad for you|can i freeze {}|i ordered {} from the restaurant|what's the carb count of {}|how spicy is {}",
    "place": "what's the weather like in {}|how far is {}|find flights to {}|what time is it in {}|do i need shots before "
    "going to {}|what is there to do in {}|is {} safe for tourists|how much is a hotel in {}|what's the population of {}|"
    "how long does it take to fly to {}|what money do they use in {}|do you deliver to {}|are there travel alerts for {}|"
    "i want to drive to {} what's the traffic like|what plug do i need in {}|book me a room in {} for friday",
    "person": "who is {}|how old is {}|when was {} born|how tall is {}|how rich is {}|is {} still alive|tell me about {}|"
    "call {} on my phone|send a text to {}|what did {} say|is {} real or fake|quote something by {}",
    "animal": "what do {} eat|how long do {} live|why do {} sleep so much|are {} dangerous|how do i take care of {}|tell me "
    "a fact about {}|how fast are {}|can i keep {} at home",
    "skill": "how do i learn {}|how long does it take to learn {}|is {} difficult|where can i take lessons in {}|what is the "
    "highest level in {}|give me tips for {}|i am a beginner at {}|recommend a book about {}",
    "body": "what should i do about {}|what helps against {}|is {} serious|how long does {} last|which doctor treats {}|"
    "can stress cause {}|what are the symptoms of {}|is there a home remedy for {}",
    "subject": "explain {} to me|what is {}|how does {} work|what caused {}|write an essay on {}|why is {} important|i need "
    "help with my homework about {}|when was {} discovered|give me a summary of {}|what is the formula for {}",
    "device": "turn off {}|how do i reset {}|{} is making a strange noise|how do i connect {} to wifi|what is the warranty on "
    "{}|{} won't turn on|how do i clean {}|where is the manual for {}|{} stopped working this morning|restart {}|update "
    "{}|how do i change the password of {}|the battery of {} is dead",
    "event": "when is {}|remind me about {}|what should i wear to {}|add {} to my calendar|how many days until {}|is {} on "
    "sunday|who is coming to {}|what time does {} start|cancel {} on my calendar|move {} to thursday|what is the history "
    "of {}",
    "bank": "how do i apply for {}|what is the interest on {}|am i eligible for {}|should i invest in {}|what's the minimum "
    "age for {}|how long does it take to get {}|what documents do i need for {}|can i get {} at sixteen|is {} a good idea|"
    "how is {} taxed|compare {} for me|what are the benefits of {}",
    "goods": "what size should i choose for {}|is {} in stock|how do i use {}|what is {} made of|do you have {} in another "
    "colour|which is better, {} or the other one|how much is {}|any discount on {}|is {} good for children|what are the "
    "ingredients of {}|suggest something like {}|do you deliver {} to my city|how thick is {}|what is the shelf life of {}",
    "team": "did {} win|what was the score of {}|when do {} play next|who is the captain of {}|how many points does {} have|"
    "the points for {} are not updated|change the line up of {}|why was {} not in the list|who will win today, {} or them",
    "media": "play {}|recommend {}|who made {}|what is {} about|when does {} come out|add {} to my playlist|skip {}|how long is "
    "{}|where can i watch {}|how is {} rated",
}
ENGLISH_NEAR = """
what is the highest waterfall in the world|what's the maximum speed of a cheetah|what is the limit of x as x goes to zero
is that painting fake or original
was the moon landing fake|what is the safest car|how secure is a bike lock|is it safe to eat raw fish|is it safe to swim here
how do i protect my skin from the sun|how do i protect plants from frost|how do i avoid mosquito bites|tips for a first date
how long does it take to walk ten miles|how long does paint take to dry|how long does it take to boil an egg
when will the bus arrive|when will the train to the city come|where is the nearest bus stop|track my run
add a new contact to my phone|call my wife|send a message to my boss|what's the area code of boston
translate thank you into korean|how do you say goodbye in russian|what does hello mean in thai|say hi to my sister
what language is spoken in austria|teach me some chinese words|what is the chinese word for dog|how many people speak english
what is 200 euros in pounds|what's the exchange rate for pesos
what does the phone bill cost on average in sweden|when do i have to pay rent|when is my electricity bill due|pay my gas bill for march
i want to upgrade my room|i'd like to change my seat
do you have a gym in the hotel|is breakfast included|is there parking
can i bring my dog to the hotel|what time is check out at the hotel|book a spa appointment|is the pool open in winter
how many vacation days do i have|what does my insurance cover|file my taxes
how do i report a pothole to the city|report the weather|write a report about whales|what is the case number of this lawsuit
who is the manager of the baseball team|who was the operator of the titanic
what's the support class in this board game|the robot in that movie was cool|how do i build a robot|do robots dream
how do i get my ex back|my back hurts|i want my hair back|return of the jedi release date|when will he return from holiday
i lost my keys|my car key is broken|where is the spare key|what key is this song in|what's the zip code of miami|morse code for sos
secret code in the game|cheat codes for gta|what's the dress code|write some code in python|how do i learn to code
my friend blocked me on whatsapp|how to block a phone number|road is blocked|my pipes are frozen|is frozen a good movie
how do i lock my screen|my bike lock is stuck|i am stuck in traffic|the elevator is stuck|my zipper is stuck|order in the court
what is the order of the planets|alphabetical order please|in what order should i watch the films|reorder my contact lenses
i failed my exam|why did the roman empire fail|my cake failed to rise|my flight was declined by the tower
the wrong side of the road|what's wrong with my dog|i got the wrong haircut|wrong answer on my quiz
do you have physical shops|where is your nearest store|which cities do you deliver furniture to|is the mattress orthopedic
can i get a free sample|how do i join your loyalty program|how can i get free coins from inviting friends|how to win a contest
how do i withdraw from the contest|how to make a team for the next match|is my player playing today|lineup not out yet
when will the winners be announced|why did i lose my rank|the match was abandoned
where can i use your bank card|can i choose the design of my card|do you offer a metal card
how much did i spend on groceries|show my spending
how much money do i have in savings|what is my credit score|my credit card is expiring|i want a higher credit score
please remove me from your mailing list|unsubscribe me from the newsletter|stop the sms ads
i received a parcel that is not mine|my courier was late with the flowers|the box was damaged|the jacket does not fit
the colour is different from the picture|the mattress smells|the shoes are too tight|the cream gave me a rash
how often should i take the tablets|how many capsules per day|can diabetics take it|is it vegetarian|does it contain sugar
what's the best way to save money|how do i ask for a salary increase|what is a good gift for a boss|present for my manager
i need a lawyer for my divorce|how do i sue my landlord|what's the phone number of the embassy|call the fire brigade
what is your opinion on politics|do you believe in god|what's your favourite team|are you smarter than siri|do you sleep
tell me a riddle|sing happy birthday|say something funny|guess my age|let's play a game|rock paper scissors|truth or dare
what|what what|who|where|really|oh|oh ok whatever|ahem|mmm|zzz|ping|foo bar|lorem ipsum|1 2 3|abc|ok google|hey siri play something
"""

CHINESE_WORDS = {
    "thing": "自行车|沙发|热水器|行李箱|帐篷|钢琴|羽毛球拍|婴儿车|吸尘器|书包|雨伞|台灯|床垫|电饭锅|望远镜|剃须刀|跑步机",
    "food": "糖醋排骨|麻婆豆腐|红薯|山药|燕麦|榴莲|小龙虾|酸菜鱼|蛋糕|豆浆|柚子|香菇|羊肉汤|韭菜盒子|鸡胸肉|银耳|苦瓜",
    "place": "西安|桂林|拉萨|三亚|厦门|张家界|哈尔滨|曼谷|首尔|巴黎|黄山|九寨沟|重庆|香港|青海湖|普吉岛",
    "person": "周杰伦|杜甫|爱迪生|诸葛亮|刘德华|鲁迅|武则天|牛顿|李小龙|梅兰芳|曹操|贝多芬|杨贵妃|郎平",
    "animal": "金鱼|乌龟|仓鼠|泰迪|鹦鹉|蝴蝶|老虎|大熊猫|兔子|蜗牛|金毛|布偶猫",
    "skill": "书法|游泳|吉他|素描|太极拳|日语|摄影|街舞|围棋|滑雪|古筝|剪辑|口才|烘焙",
    "body": "牙疼|口腔溃疡|落枕|鼻炎|湿疹|胃胀|脱发|近视|腰椎间盘突出|低血糖|过敏|咳嗽|便秘|颈椎病",
    "subject": "光的折射|通货膨胀|甲午战争|量子力学|勾股定理|火山|基因|市场经济|丝绸之路|黑洞|二十四节气|元素周期表",
    "device": "笔记本电脑|打印机|冰箱|洗衣机|电视机|路由器|空调|平板|智能手表|投影仪|油烟机|耳机|热水器",
    "event": "元宵节|高考|马拉松|演唱会|婚礼|中考|重阳节|奥运会|年会|国庆|家长会|毕业典礼",
    "bank": "房贷|车贷|信用卡|定期存款|公积金贷款|重疾险|国债|货币基金|借呗|微粒贷|花呗分期|助学贷款|黄金",
    "goods": "这件羽绒服|这款面膜|这双运动鞋|这台电视|这个奶粉|这款手机壳|这条裤子|这个书架|这款洗发水|这套餐具|这款手机",
    "media": "甄嬛传|三国演义|那部韩剧|这首歌|红楼梦|海贼王|这部动画片|春晚小品|那个综艺|这本小说",
}
CHINESE_FRAMES = {
    "thing": "{}哪个牌子好|{}怎么修|买个{}大概多少钱|{}怎么挑选|{}坏了哪里能修|{}放在哪里合适|二手{}值得买吗|{}是谁发明的",
    "food": "{}怎么做好吃|{}的功效与作用|吃{}会胖吗|孕妇能吃{}吗|{}和什么相克|{}要煮多久|晚上吃{}好不好|{}多少卡路里|小孩能不能吃{}",
    "place": "{}有什么好玩的|去{}几月份合适|{}的天气怎么样|{}有什么特产|从北京到{}怎么走|{}属于哪个省|去{}旅游要花多少钱|{}的人口有多少|"
    "到{}的机票多少钱|去{}安全吗|{}哪里可以住宿",
    "person": "{}是谁|{}是哪里人|{}的代表作|{}多大了|{}结婚了吗|{}最有名的一句话|{}是怎么死的|{}身高多少|{}是真的存在吗",
    "animal": "{}吃什么|{}能活多少年|{}怎么养|{}生病了怎么办|{}为什么不动了|{}好养吗|{}一天喂几次|{}多少钱一只",
    "skill": "零基础怎么学{}|学{}要多久|{}一节课多少钱|几岁学{}最好|自学{}用什么书|{}入门教程|{}考级最高几级|学{}有什么用",
    "body": "{}怎么办|{}吃什么药好得快|{}是什么原因引起的|{}要去医院挂什么科|{}多久能好|{}能运动吗|{}有什么偏方|怎么预防{}|{}需要注意什么",
    "subject": "什么是{}|{}的意义|{}的原理是什么|简述{}的过程|{}是谁提出的|{}的主要内容|{}的历史背景|怎么理解{}|论{}的影响",
    "device": "{}怎么清洗|{}没有声音怎么办|{}开不了机|{}怎么连网|{}一般能用几年|{}显示故障代码|{}怎么恢复出厂设置|{}噪音大怎么回事|"
    "{}密码忘了怎么重设|{}哪款性价比高|{}老是自动关机",
    "event": "{}是哪一天|{}要准备什么|{}有什么习俗|{}穿什么好|{}几点开始|离{}还有几天|{}放假吗|{}的来历|{}发什么祝福语",
    "bank": "{}怎么申请|{}利息怎么算|{}需要什么条件|{}可以提前还吗|{}多久下来|{}划算吗|{}逾期了会怎么样|{}和别的比哪个好|{}能贷多少|"
    "办{}要什么材料|为什么我申请不了{}|{}什么时候还|{}怎么关掉|{}打电话来催是怎么回事",
    "goods": "{}有别的颜色吗|{}多大尺寸|{}质量怎么样|{}适合什么人|{}还有货吗|{}能便宜点吗|{}怎么搭配|{}和上一款区别在哪|{}有没有赠品|"
    "{}保修几年|{}支持安装吗|{}什么时候补货|{}会不会掉色",
    "media": "{}在哪看|{}是谁演的|{}有几集|{}好看吗|{}的结局是什么|{}的作者|{}什么时候更新|{}讲了什么故事|推荐类似{}的",
}
CHINESE_NEAR = """
打嗝不停是怎么回事|为什么人会做梦|为什么海水是咸的|树叶为什么变黄
录取通知书什么时候到|成绩什么时候出来|下一班公交几点到|快递员几点上班|春运抢票什么时候开始
朋友圈点赞怎么涨|直播间怎么涨粉|怎么开网店|怎么做代理赚钱
给领导敬酒说什么|领导让我写总结怎么写|经理和主管有什么区别
电话怎么设置呼叫转移|手机来电怎么拉黑|怎么给手机换铃声
通讯录怎么导入新手机|微信聊天怎么备份|手机丢了怎么定位|手机发烫怎么降温|手机充电充不进去|充电宝能带上飞机吗|电动车充电要几个小时
电瓶充不进电|空调充氟多少钱|打火机怎么充气|气球怎么充气|篮球怎么打气
安全生产责任书怎么写|消防安全知识问答|食品安全法有哪些规定|交通安全手抄报|坐飞机安全还是坐高铁安全|过山车安全吗
隐形眼镜会不会伤眼睛|染发有没有害|微波炉有辐射吗|保鲜膜能不能加热|转基因食品安全吗|这个减肥药是真的有效吗
外星人是真的吗|世界末日是真的假的|算命的话能信吗|古董怎么辨真假|玉石真假怎么分辨|茅台酒怎么看真假
机器人怎么编程|扫地机器人哪个好用|机器人餐厅在哪里|人工湖怎么养鱼|人工降雨的原理|人工受孕费用|客服这个工作好不好|客服工资多少
会计证怎么考|教师资格证报名时间|审计报告怎么写|公司审核资质要什么|论文查重怎么弄|核酸检测结果多久出
保险怎么赔付|车祸怎么赔偿|工伤怎么赔|航班延误赔不赔|快递丢了商家怎么处理赔偿
会员日超市打几折|健身房会员卡多少钱|游泳馆年卡值得办吗|理发店办卡划算吗|超市购物卡怎么办|公交卡怎么办
电影票退票手续费|火车票改签扣多少|机票退票怎么算|酒店取消要扣钱吗|退役军人补贴|退休年龄是多少
额度这个词什么意思|怎么让借呗额度变多
借呗的钱怎么转到银行卡|微粒贷为什么显示暂无资格|微粒贷多久能再借|微粒贷结清后还能借吗|贷款审批要几天|贷款下来没有通知
花呗逾期了怎么协商|花呗还款怎么还不上|花呗提前还款怎么操作|花呗这个月账单多少|花呗自动还款怎么设置|花呗支持哪些商家|商家怎么开通花呗收款
收款码怎么申请|收钱码怎么贴|怎么注册支付宝账户|支付宝怎么换绑手机号|一个身份证能办几张电话卡|怎么注销支付宝
预约的手机什么时候发售|新款手机什么时候上市|抽奖中奖名单在哪|活动结果什么时候公布
发票抬头怎么改|电子发票怎么下载|发票什么时候寄|赠品没有给我|少发了一个配件|衣服大了能换小一码吗|鞋子开胶了
包裹破了|水果都烂了|收到的杯子碎了|颜色发错了换货|家具少了螺丝|冰箱门关不严|师傅什么时候来安装|安装收费吗
快递放哪个驿站了|快递能不能送到门口|改一下收货时间|周末送货吗|大概几点送货
我明天要去面试|今天吃什么|周末去哪玩|我今天好累|我想静静|我昨天看了场电影|我家孩子考上大学了|外面下雪了
天王盖地虎|好好学习天天向上|人生的意义是什么|你相信爱情吗|猜猜我几岁|给我起个外号|跟我下盘棋|你会唱歌吗|你是男的女的
嗯？|啊？|哈？|咦|切|哼|哎|唉|咳咳|嗷|汪汪|喵|呜呜|略略略|1234567|qwer|aaaa|不懂你说啥子|随便看看|路过|瞎点的|点错进来的
"""


def made(words: dict[str, str], frames: dict[str, str], chance: random.Random) -> list[str]:
    """A few fillings of each frame, another choice of words for each."""
    lines = []
    for name, options in frames.items():
        choices = words[name].split("|")
        for frame in options.split("|"):
            picked = chance.sample(choices, min(len(choices), PER_FRAME // 2))
            lines += [frame.format(word) for word in picked]
    return lines


def main() -> None:
    """Write the file; the same words give the same file."""
    chance = random.Random(11)
    lines = made(CHINESE_WORDS, CHINESE_FRAMES, chance) + made(ENGLISH_WORDS, ENGLISH_FRAMES, chance)
    for block in (CHINESE_NEAR, ENGLISH_NEAR):
        lines += [each for line in block.strip().splitlines() for each in line.split("|")]
    body = "".join(f"    - {line}\n" for line in dict.fromkeys(lines))
    head = 'version: "3.1"\n\n# Made by tools/make_out_of_scope.py; change that and run it again.\nnlu:\n\n'
    OUTPUT.write_text(f"{head}- intent: out_of_scope\n  examples: |\n{body}", encoding="utf-8")


if __name__ == "__main__":
    main()
