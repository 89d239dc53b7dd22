"""What frightened people type, with their slips, and what only sounds like it.  All are made up."""

from __future__ import annotations

import pytest

from bluelamp.inbound.rules.triage import Triage
from bluelamp.inbound.values import Severity
from bluelamp.language.sheets import shipped

SHIPPED = Triage(shipped("emergency"), shipped("thrive"), shipped("relevance"))

AT_THE_DOOR = """
he is at my door now with a knife
hes at my door with a nife
hes outside my house w a bat
theres a man at our door he has a knife
my ex is at the door he has a hammer
theyre outside our flat with machetes
someone at my window with a gun
there is a bloke in my garden holding a blade
he's stood on my doorstep with a crowbar
a man with a nife is banging on my door
theres a man bangin on the door shoutin he will kill us
2 lads outside my house with baseball bats
he has got a knive and hes at my back door
Hes at the door hes got a weapon pls
hes here with a knfie
""".strip().splitlines()

THREATS = """
he said he would kill me he is outside now
he said he will kill me
he says hes going to kill me
she said he will kill her
he told me hes gonna stab my brother
he threatend to kill me
my ex threatened to kill me hes on his way
hes coming to kill me
he says he will burn the house down with us in it
my dad said hes going to kill my mum
he keeps saying hell kill my kids
he is goin to kil me
he wants 2 kill me
he sed he wil kill us
my boyfreind says he is going to stab me
his mates are comming to kill my son
he just text me saying hes gona kill me and the kids
he swore he'd kill me if i left and i left today
he says im dead and hes on his way round
he wants to kill her and shes on her own
theyve said theyll shoot my son
my neighbour is threatening to kill us with a knife
he said hed hurt the baby
he said ill be dead by tonight
my stepdad said hes gonna kil my mum im 10
""".strip().splitlines()

ARMED = """
he's got a gun
hes got a gun
he has a nife
hes holding a knife to her
he pulled a knife on me
theyve got guns
he put a knife to my throat
hes waving a knife about in the street
my son has a knife and wont calm down
he pointed a gun at me
hes going round with a machette
""".strip().splitlines()

CHILDREN = """
mummy is on the floor and wont wake up
my daddy is hurting my mummy
a man is trying to get in our house mums not here
daddy has got a knife and mummy is crying
theres a man in my house im hiding in the cuboard
im 8 my mum fell down and shes not moving
my brother is bleeding alot and no one is home
plese help my dad is hitting my mum
""".strip().splitlines()

THIRD_PERSONS = """
my friend just texted me her boyfriend has locked her in and hes got a knife
the man next door is beating his wife i can hear her screaming
my sister rang me crying saying he is going to kill her then the phone went dead
i think my neighbour is being strangled
my mate says hes going to kill himself and hes not answering
my daughters ex is outside her house and says he will kill her
hes strangeling her
hes chocking my mum
hes kicking the door in
he got in the house
hes in the house
""".strip().splitlines()

FURTHER = """
my husband says he's gonna murder me tonite im locked in the toilet
theres 3 men at my nans door with bats
he wont stop hitting the door he says hell smash my face in
he sent me a pic of a gun and said im next
my ex just turned up with a machete
she says shes going to stab me with scissors
please hurry hes got a blade to my sons neck
i can hear them downstairs they have got crowbars
hes going to kill us all send someone
my dad is drunk and hes got a knife and hes shouting at mum
hes outside again he said hed slit my throat
theres a boy with a knife at the park chasing my freind
im scared he is banging on the windows and wont go away
someones trying to get in my back door im on my own
he has my little girl and wont give her back he said he'll drown her
he threatened to burn the house down
he threatened me with a knife
got a text from him sayin he will shoot me when i come out
hes pointed a gun at my dad
my sisters bf is strangling her
they are going to stab him outside the school
a man followed me home and hes stood outside my flat
he hasnt stopped punching her
pls help theres a guy w a gun at tesco
he's breaking my door down
my brother is trying to kill our mum
hes threatning to kill me
hes thretening to stab my mum
my mum says dad is going to kill her
a man with an axe is in our stairwell
theyve come to my house with weapons
there is someone outside my bedroom window with a knife
help my dads mate is here and hes got a shotgun
he says hes gonna kill me and then himself
i left him and now hes sat in his car outside my house he said he will kill me
her ex has come round with a knife shes locked in the bathroom
my boyfriend just said hell stab me if i call u
he has smashed the window and hes climbing in
4 boys with knifes outside the chip shop
man threatening people with a blade on the 48 bus
hes at the door he wont leave hes gonna hurt us
mum said to text u dad has a gun
theres a man shouting hes going to kill everyone
hes just threatened my wife with a hammer
my flatmate is holding a knife and talking to himself
my carer hits me
hes beating me up
he told my sister he will kill her tonight
hes going too kill me plz hurry
they are outside my house they want to kill my son
i think hes killed her
he hit my mum with a bottle and shes not waking up
someone has got a gun in the pub
hes trying to get in threw the window
he keeps ringing saying he will burn us out
""".strip().splitlines()

FRIGHTENED = [*AT_THE_DOOR, *THREATS, *ARMED, *CHILDREN, *THIRD_PERSONS, *FURTHER]

IDIOMS = """
my mum will kill me when she sees this
mum is going to kill me when she sees the state of this carpet
my wife will kill me if i forget the bins again
dad said he would kill me if i scratch the car lol
my boss is going to kill me im late again
the missus will murder me for buying another bike
she said she would kill me for eating the last biscuit haha
these stairs will kill me one day
this heat is going to kill me
the suspense is killing us
homework is killing me
i could kill for a cup of tea
if looks could kill
he said he would kill for a ticket
my feet are killing me
you will be the death of me
my teacher is gonna kill me i forgot my essay
im going to kill it at the interview tomorrow
he kills me with his jokes
she threatened to kill my vibe
""".strip().splitlines()

GAMES_AND_SPORT = """
Arsenal are going to kill us on Saturday, no defence at all
he is going to kill us on the break, get the ball off Salah
he will shoot her from the bridge in the last level of that game
rovers keeper stood at the door of history with a knife edge save
great shot by the lad, he would kill for a goal like that
he said he would kill me in fifa tonight
sniper at the window with a rifle in call of duty took me out again
we will batter them, they wont know what hit them
stab in the dark but i reckon 2-1
""".strip().splitlines()

STORIES = """
just watched the film where he is at the door with a knife, brilliant
new episode: the killer is outside the house with an axe, cant wait
in the book he said he would kill her and then he does
the bit in the movie where he says he will kill them all gives me chills
at the theatre tonight, man at the door with a gun, brilliant play
anyone watched that documentary where he threatened to kill his wife
my halloween costume is a man with a knife outside your window lol
the song goes he said he would kill me
""".strip().splitlines()

NEWS = """
Man outside house with knife jailed for six years
Luton man who threatened to kill his ex is jailed
Court hears he said he would kill her
Police say a man with a knife was at the door of the shop on Monday
Woman told police he said he would kill her, inquest hears
A man has been charged with threats to kill in Bedford http://t.co/abc
RT @BBCNews: gunman was outside his house, neighbours say
Trial: jury told he pointed a gun at her
Report: 1 in 10 women have been threatened with a weapon, survey says
""".strip().splitlines()

EVERYDAY = """
there is a man at my door selling knives, is he licensed?
found a knife outside my house this morning, where do i hand it in
the postman is at the door with a parcel
the window cleaner is outside my house again
my neighbour is at my door about the hedge
my son bought a cricket bat, he practises outside our house every day
can an officer come to our school and talk about knife crime
the kitchen fitter is at my door with a hammer and a ladder
is it legal to own a crossbow
they said they will kill the wasps nest on Tuesday
the council said they would kill the weeds outside our house
thanks to the officer at our door who told us about window locks
he said he would kill the music if it gets too loud
my dog is going to kill our cat one of these days
""".strip().splitlines()

MORE_TALK = """
my dad is going to kill me, i lost his keys
the kids will kill each other over the xbox
that exam is going to kill us
if liverpool win again my husband will kill me lol
he told me he would kill to have my hair
the plumber is at my door with a hammer drill
they hit us on the counter attack again
man at the door of number 10 says he will fight the election
the knife shop outside our house is closing
police arrested a man with a gun outside the house on Elm Road last week
the neighbours play music so loud it will kill me
we saw a bat in our garden last night, who do i tell
a bat is in my house, is it protected?
the bats are in our loft again
axe throwing at our house party on saturday
gun show outside town hall
a boy with a toy gun at our door for halloween
my son says he wants to be a police officer
the new gun laws will hurt us all says farmer
the cuts will hurt our children says the council
someone is at the door with a survey
police said they would attack the backlog
he says the smoke hurts his eyes
brexit will kill our town
the frost will kill my plants
stop at nothing to beat them in the cup
he said he would beat me at chess
trying to beat her personal best
she will beat us to the shop
my nan will kill me if i am late for tea
he will kill me in goal, what a keeper
i would kill for a bacon sandwich
my husband is outside my house painting the door
there is a delivery man at my door, is it a scam
two lads knocking on doors selling tea towels
the man next door has a chainsaw going at 7am
the new james bond, he has a gun and a car
police officer came to our house about the burglary, thank you
this diet is going to kill me
our teacher said she would hurt us with more homework lol
looking for a hammer to borrow
they are killing the high street
wife says im dead if i buy another guitar
the referee was outside his area with a shot of a decision
is there a knife bin near me
kids outside our house playing football every night
does a man with a shotgun licence need a new cabinet
the vet said they will kill the fleas
he was at the door for a penalty
chef with a knife at the market gave a great show
someone left a hammer at our door
the gunners are coming to our house on saturday
he shot a hole in one
""".strip().splitlines()

LOOK_ALIKES = [*IDIOMS, *GAMES_AND_SPORT, *STORIES, *NEWS, *EVERYDAY, *MORE_TALK]


@pytest.mark.parametrize("text", FRIGHTENED)
def test_who_is_frightened_is_heard_as_an_emergency(text: str) -> None:
    assert SHIPPED.assess(text).severity is Severity.EMERGENCY
    assert SHIPPED.assess(text.upper()).severity is Severity.EMERGENCY


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_sounds_like_it_wakes_nobody(text: str) -> None:
    assert SHIPPED.assess(text).severity is not Severity.EMERGENCY


IN_OTHER_LANGUAGES = """
ayudame por favor mi marido me quiere matar
mi esposo me golpea ayudenme
socorro ele quer me matar
ele tem uma faca, me ajude
il veut me tuer aidez-moi
elle ne respire plus
mio marito mi picchia aiuto
ajutor sotul ma bate
er hat ein messer hilfe bitte
er schlägt mich, ich habe angst, hilfe bitte
beni öldürecek yardım edin
bachao mujhe wo mujhe maar raha hai
mujhe bachao uske paas chaku hai
زوجي يضربني ساعدوني
він мене б'є допоможіть
он меня убьёт помогите
i caawi fadlan wuu i dilayaa
pomocy maz mnie bije
mae o wedi fy mrifo a dwi'n ofn
""".strip().splitlines()

TALK_IN_OTHER_LANGUAGES = """
he wants fish and chips por favor
una película donde él la quiere matar
das messer ist scharf
je vais tuer le temps
vado a picchiare i tasti
voglio morire dal ridere
ich sterbe vor lachen
il film mi ha ucciso
muero de risa
quero morrer de rir kkk
""".strip().splitlines()


@pytest.mark.parametrize("text", IN_OTHER_LANGUAGES)
def test_who_is_frightened_in_another_language_is_heard_too(text: str) -> None:
    assert SHIPPED.assess(text).severity is Severity.EMERGENCY


@pytest.mark.parametrize("text", TALK_IN_OTHER_LANGUAGES)
def test_talk_in_another_language_wakes_nobody(text: str) -> None:
    assert SHIPPED.assess(text).severity is not Severity.EMERGENCY
